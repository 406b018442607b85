import type { Container } from '../machine/container.ts';
import type { ContainerSpec } from '../objects.ts';
import { type ProbeResult, probeLoop } from './probing.ts';
import type { World } from './world.ts';

export interface Health {
  world: World;
  container: Container;
  spec: ContainerSpec;
  /** The container has ended, or its pod has. */
  isOver(): boolean;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  ready(is: boolean): void;
  /** The startup probe went well. */
  started(): void;
}

/** The probes of a container that runs: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
export function watchHealth(health: Health): void {
  const { spec } = health;
  if (!spec.startupProbe) {
    watchRunning(health);
    return;
  }
  let isUp = false;
  const kill = killing(health, 'startup');
  const decided = (result: ProbeResult) => {
    kill(result);
    if (result !== undefined || isUp) return;
    isUp = true;
    watchRunning(health);
    health.started();
  };
  probeLoop({ ...health, probe: spec.startupProbe, decided, failed: failing(health, 'Startup') });
}

function watchRunning(health: Health): void {
  const { readinessProbe, livenessProbe } = health.spec;
  if (readinessProbe) {
    const decided = (result: ProbeResult) => health.ready(result === undefined);
    probeLoop({ ...health, probe: readinessProbe, decided, failed: failing(health, 'Readiness') });
  }
  if (livenessProbe) {
    probeLoop({
      ...health,
      probe: livenessProbe,
      decided: killing(health, 'liveness'),
      failed: failing(health, 'Liveness'),
    });
  }
}

const failing =
  ({ event }: Health, kind: string) =>
  (message: string) =>
    event('Warning', 'Unhealthy', `${kind} probe failed: ${message}`);

const killing =
  ({ event, spec, container }: Health, kind: string) =>
  (result: ProbeResult) => {
    if (result === undefined) return;
    event('Normal', 'Killing', `Container ${spec.name} failed ${kind} probe, will be restarted`);
    container.stop();
  };
