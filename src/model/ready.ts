import type { Pod } from './kubernetes.ts';

/** Whether the pod's condition Ready holds. */
export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
