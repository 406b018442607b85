import type { Workload } from '../objects.ts';
import { createPod, isFinished, isLeaving, podsOf, setStatus } from './pods.ts';
import type { World } from './world.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/ : one pod at a time. */
export function jobs(world: World): void {
  for (const job of world.store.list<Workload>('Job')) {
    if (isLeaving(job)) continue;
    const pods = podsOf(world, job);
    const failed = pods.filter(({ status }) => status.phase === 'Failed').length;
    const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded').length;
    const isOver = succeeded > 0 || failed > (job.spec.backoffLimit ?? 6);
    if (!isOver && pods.every(isFinished)) {
      const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
      createPod(world, job, { name: `${job.metadata.name}-${world.suffix(5)}`, labels });
    }
    const type = succeeded > 0 ? 'Complete' : 'Failed';
    setStatus(world, job, {
      ...(succeeded > 0 && { succeeded }),
      ...(failed > 0 && { failed }),
      ...(!isOver && { active: 1 }),
      ...(isOver && { conditions: [{ type, status: 'True' }] }),
    });
  }
}
