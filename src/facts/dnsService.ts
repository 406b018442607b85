/** Which Service is the cluster's DNS, and who can be asked there. */
import { type Fact, known, valueOr } from '../model/fact.ts';
import type { Pod, Service } from '../model/kubernetes.ts';
import { declaredPorts } from '../model/ports.ts';
import type { Target } from '../model/target.ts';
import { page, serviceOf } from './api.ts';
import { clusterIPsOf } from './backends.ts';
import type { Facts } from './facts.ts';
import { selectedPods } from './pods.ts';
import { RESOURCES } from './resources.ts';

/** The cluster's DNS Service as kubeadm, kind and most others name it. */
export const DNS_TARGET: Target = {
  namespace: 'kube-system',
  service: 'kube-dns',
  scheme: 'auto',
  forSeconds: 0,
};

/** Services of a DNS server under other names: RKE2 keeps the label, OpenShift has a namespace of its own. */
const dnsServices = page<Service>(RESOURCES.services, { labelSelector: 'k8s-app=kube-dns' });
const OPENSHIFT_DNS: Target = { ...DNS_TARGET, namespace: 'openshift-dns', service: 'dns-default' };

/** Where the DNS server is: kube-system/kube-dns, or where that is missing, what stands in its place. */
export async function dnsTarget(facts: Facts): Promise<Fact<Target>> {
  const usual = await facts.ask(serviceOf(DNS_TARGET));
  if (!usual.known || usual.value) return usual.known ? known(DNS_TARGET) : usual;
  const [labelled, openshift] = await Promise.all([facts.ask(dnsServices), facts.ask(serviceOf(OPENSHIFT_DNS))]);
  const other = valueOr(labelled, { items: [] as Service[] }).items.find(({ spec }) => spec?.clusterIP !== 'None');
  if (other) {
    const { namespace = '', name = '' } = other.metadata ?? {};
    return known({ ...DNS_TARGET, namespace, service: name });
  }
  return known(valueOr(openshift, null) ? OPENSHIFT_DNS : DNS_TARGET);
}

/** Pods of the DNS server that can be asked directly: those of OpenShift take queries on 5353, where few tools ask. */
export async function dnsPods(facts: Facts): Promise<Pod[]> {
  const target = valueOr(await dnsTarget(facts), DNS_TARGET);
  const { items } = valueOr(await facts.ask(selectedPods(target)), { items: [] as Pod[] });
  return items.filter((pod) => {
    const declared = declaredPorts(pod).filter(({ protocol }) => protocol === 'UDP');
    return declared.length === 0 || declared.some(({ containerPort }) => containerPort === 53);
  });
}

/** Addresses of the DNS Service that queries can be sent to. */
export async function dnsAddresses(facts: Facts): Promise<string[]> {
  const target = valueOr(await dnsTarget(facts), DNS_TARGET);
  return clusterIPsOf(valueOr(await facts.ask(serviceOf(target)), null)?.spec);
}
