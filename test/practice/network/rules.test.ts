import { describe, expect, test } from 'vitest';
import { iptablesSave } from '../../../src/practice/network/iptables.ts';
import { nftTable } from '../../../src/practice/network/nft.ts';
import { CLIENT, deployment, NETEXEC, scene, service } from '../scene.ts';

describe('the rules of the nodes', () => {
  const ONE = deployment('hostnames', NETEXEC(9376), { replicas: 3 });
  /** As on a real node: the name of the chain is a hash of the Service's. */
  const CHAIN = 'KUBE-SVC-YN5D6RYVEVZOH44Q';

  test.each(['iptables', 'nftables'] as const)('%s: print where every Service leads', async (proxyMode) => {
    const set = await scene({
      manifests:
        ONE +
        service('hostnames', 'selector: { app: hostnames }, ports: [{ port: 80, targetPort: 9376 }]') +
        service('none', 'selector: { app: none }, ports: [{ port: 80 }]'),
      needs: { proxyMode },
    });
    const node = set.world.network.nodes.get('node1')!;
    const printed = proxyMode === 'iptables' ? iptablesSave(node, 'now') : nftTable(node);
    for (const address of set.fields('pods', '.status.podIP').split(' ')) expect(printed).toContain(`${address}:9376`);
    const [, none] = set.fields('services', '.spec.clusterIP').split(' ');
    expect(printed).toMatch(
      proxyMode === 'iptables'
        ? `-d ${none}/32 -p tcp -m comment --comment "shop/none has no endpoints"`
        : `${none} . tcp . 80 comment "shop/none" : goto reject-chain`,
    );
  });

  test('chains have the names that kube-proxy computes', async () => {
    const set = await scene({
      manifests:
        'apiVersion: v1\nkind: Service\nmetadata: { name: hostnames, namespace: default }\nspec: { ports: [{ port: 80 }] }\n',
    });
    await set.world.change(1000, () => {
      set.world.store.add({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        ports: [{ name: '', port: 9376, protocol: 'TCP' }],
        metadata: { name: 'x', namespace: 'default', labels: { 'kubernetes.io/service-name': 'hostnames' } },
        endpoints: [{ addresses: ['10.244.0.5'] }],
      });
    });
    const printed = iptablesSave(set.world.network.nodes.get('node1')!, 'now');
    expect(printed).toContain(`-j ${CHAIN}`);
    expect(printed).toContain(
      '-A KUBE-SEP-SSAABTGROZSQSKZY -p tcp -m comment --comment "default/hostnames" -m tcp -j DNAT --to-destination 10.244.0.5:9376',
    );
  });

  test('stay as they are without kube-proxy, and where somebody emptied them until it starts again', async () => {
    const proxy = { pod: 'k8s-app=kube-proxy', namespace: 'kube-system', node: 'node1' };
    const set = await scene({
      manifests:
        ONE +
        service('hostnames', 'selector: { app: hostnames }, ports: [{ port: 80, targetPort: 9376 }]') +
        CLIENT.replace('spec: {', 'spec: { nodeName: node1,'),
      vars: { PROXY: proxy },
      break: [{ kubectl: '-n kube-system exec $PROXY -- iptables -t nat -F KUBE-SERVICES' }],
    });
    const asked = async () => (await set.sh('client', 'wget -qO- -T 2 http://hostnames/')).exitCode;
    expect(await asked()).toBe(1);
    await set.kubectl('-n', 'kube-system', 'delete', 'pods', '-l', 'k8s-app=kube-proxy');
    expect(await asked()).toBe(0);
    await set.kubectl(
      '-n',
      'kube-system',
      'patch',
      'daemonset',
      'kube-proxy',
      '-p',
      '{"spec":{"template":{"spec":{"nodeSelector":{"a":"b"}}}}}',
    );
    expect(await asked()).toBe(0);
    await set.kubectl('delete', 'pods', '-l', 'app=hostnames');
    expect(await asked()).toBe(1);
  });
});
