import { type Answer, type ApiServer, json } from './apiServer.ts';

export interface PodBehaviour {
  /** What the pod's container waits for; absent: it runs at once. */
  waiting?: { reason: string; message?: string };
  /** The answer to its creation comes when this is settled. */
  creation?: Promise<unknown>;
  /** How its deletion is answered; by default it is gone. */
  deletion?: Answer;
  /** What happens to an exec; by default it never answers. */
  exec?: Parameters<ApiServer['onUpgrade']>[1];
}

/** Lets pods be created in a namespace. Gives their names, and those that were deleted. */
export function servePods(server: ApiServer, namespace: string, behaviour: PodBehaviour = {}) {
  const created: string[] = [];
  const deleted: string[] = [];
  const folder = `/api/v1/namespaces/${namespace}/pods`;
  server.on('POST', folder, async (response, seen) => {
    const pod = JSON.parse(seen.body) as { metadata: { name: string }; spec: object };
    const path = `${folder}/${pod.metadata.name}`;
    created.push(pod.metadata.name);
    server.on('GET', path, json(withStatus(pod, behaviour)));
    server.on('DELETE', path, (...args) => {
      deleted.push(pod.metadata.name);
      (behaviour.deletion ?? json({ kind: 'Status', status: 'Success' }))(...args);
    });
    server.onUpgrade(`${path}/exec`, behaviour.exec ?? { hang: true });
    await behaviour.creation;
    json(withStatus(pod, behaviour), 201)(response, seen);
  });
  return { created, deleted };
}

function withStatus({ metadata, spec }: { metadata: { name: string }; spec: object }, { waiting }: PodBehaviour) {
  const state = waiting ? { waiting } : { running: { startedAt: '2026-11-23T09:00:00Z' } };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...metadata, uid: `uid-of-${metadata.name}` },
    spec: { ...spec, nodeName: 'node1' },
    status: {
      phase: waiting ? 'Pending' : 'Running',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ name: 'probe', image: 'busybox', imageID: '', ready: !waiting, restartCount: 0, state }],
    },
  };
}
