import type { Verdict } from '../model/diagnosis.ts';

/** The exit codes, the same for every output format. They are stable: scripts decide by them. */
export const EXIT = {
  healthy: 0,
  /** Broken, or the cluster says that what was asked for is not there. */
  broken: 1,
  /** Wrong without asking the cluster: flags, names, kubeconfig, context. */
  usage: 2,
  inconclusive: 3,
  'no-access': 4,
  /** A defect of svc-debug (EX_SOFTWARE of sysexits.h). */
  defect: 70,
  /** 128 + SIGINT, as shells have it; for SIGTERM and SIGHUP as well. */
  cancelled: 130,
} as const satisfies Record<Verdict | 'usage' | 'defect' | 'cancelled', number>;
