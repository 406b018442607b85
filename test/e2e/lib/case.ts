import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { STEP_IDS } from '../../../src/model/finding.ts';

/** Arguments of a command: a list, or a line that is split at blanks. */
export type Words = string | readonly string[];

/** What must hold before the story goes on. Polled, never slept for. */
export type Condition =
  /** `all` workloads of the manifests, or one such as `deployment/web` (`-n NAMESPACE` may follow). */
  | { rollout: string }
  /** Holds when kubectl exits with 0; `wait` carries its own --timeout. */
  | { kubectl: Words }
  /** Holds when what kubectl prints matches the regular expression. */
  | { until: Words; matches: string };

/** `input` is what kubectl reads from stdin (`apply -f -`). `node`: a command in the network namespace of a node. */
export type Action = { kubectl: Words; input?: string } | { node: Words };

/** A plain request from a pod of the case. `mixed`: of many tries some answer and some fail. */
export interface Confirmation {
  from: string;
  run: string;
  shows: 'answers' | 'fails' | 'mixed';
}

/** Names that stand for what is only known at run time. Labels select the first pod by name. */
export type Variable = { pod: string; node?: string; namespace?: string } | { read: Words };

export interface Needs {
  proxyMode?: 'iptables' | 'nftables';
  /** Pods cannot (`false`) or must be able to (`true`) reach themselves through their Service. */
  hairpin?: boolean;
  nodes?: number;
  nodeAccess?: boolean;
  /** Breaks what the whole cluster shares. */
  ownCluster?: boolean;
  slowReason?: string;
}

export interface Expectation {
  verdict: 'broken' | 'healthy' | 'inconclusive' | 'no-access';
  exit: number;
  rootCauses: string[];
  /** The code that must come first of several. */
  decisive?: string;
  /** Of the decisive root cause, as `80/TCP`. */
  port?: string;
  /** Codes that must not be among the errors. */
  never?: string[];
}

export interface CaseFile {
  title: string;
  story: string;
  lesson: string;
  hint: string;
  service: string;
  /** Where svc-debug looks for it; default the case's own. */
  namespace?: string;
  args?: string[];
  namespaces?: string[];
  vars?: Record<string, Variable>;
  wait?: Condition[];
  break?: Action[];
  settle?: Condition[];
  /** Independent ones; default 1, and none where the Service is healthy. */
  faults?: 1 | 2;
  /** Mends the root causes and nothing else: afterwards the confirmations must answer. Of two faults the first action mends one. */
  mend?: Action[];
  /** Objects outside the case's namespaces, as `NAMESPACE/KIND/NAME`, put back as they were. */
  protect?: string[];
  restore?: Action[];
  restored?: Condition[];
  expect: Expectation;
  /** What svc-debug is known to get wrong here. Such a case is counted as skipped, with this reason, unless --defects is given. */
  openDefect?: string;
  needs?: Needs;
  /** `why` not, where a simulated cluster cannot play it; `differs`: what it cannot show as a real one does, and why. */
  practice: { supported: boolean; why?: string; differs?: string };
  confirm: Confirmation[];
}

export interface Case extends CaseFile {
  name: string;
  /** `network-policy` of `network-policy-default-deny`; `healthy` for what only looks broken. */
  step: string;
  manifests: string;
}

export interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
}

export type Values = Record<string, string>;

const GROUPS: readonly string[] = [...STEP_IDS.filter((step) => step !== 'access'), 'healthy'];

export const words = (line: Words): readonly string[] => (typeof line === 'string' ? line.split(/\s+/) : line);

/** Replaces `$NAME` where NAME is known; every other dollar is the shell's. */
export const fill = (text: string, values: Values): string =>
  text.replace(/\$([A-Z][A-Z0-9_]*)/g, (whole, name: string) => values[name] ?? whole);

/** The namespace a case lives in. */
export const namespaceOf = (name: string): string => `e2e-${name}`;

/** The objects as they are written. Nested, since loadYaml makes instances of its classes, with renamed fields, of what looks like an object. */
export const parseManifests = (text: string): Manifest[] =>
  text
    .split(/^---$/m)
    .filter((document) => /^kind:/m.test(document))
    .map((document) => loadYaml<{ written: Manifest }>(`written:\n${document.replace(/^/gm, '  ')}`).written);

function loadCase(directory: string, name: string): Case {
  const read = (file: string) => readFileSync(join(directory, name, file), 'utf8');
  const step = GROUPS.find((group) => name.startsWith(`${group}-`));
  if (step === undefined) throw new Error(`${name}: its name begins with none of ${GROUPS.join(', ')}`);
  return { ...(loadYaml(read('case.yaml')) as CaseFile), name, step, manifests: read('manifests.yaml') };
}

/** Every case whose name matches the glob, in the order of the checklist. */
export function loadCases(directory: string, glob = '*'): Case[] {
  const pattern = new RegExp(
    `^(${glob
      .split(',')
      .map((part) =>
        part
          .replace(/[.+^()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.'),
      )
      .join('|')})$`,
  );
  const names = readdirSync(directory).filter((name) => pattern.test(name));
  const cases = names.sort().map((name) => loadCase(directory, name));
  return cases.sort((a, b) => GROUPS.indexOf(a.step) - GROUPS.indexOf(b.step));
}
