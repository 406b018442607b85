import type { Denial } from '../api/request.ts';

/** Arguments of a command: a list, or a line that is split at blanks. */
export type Words = string | readonly string[];

/** Something done to the cluster, as it would be typed. `node`: a command on a node, whose name comes first. */
export type Action = { kubectl: Words; input?: string } | { node: Words };

/** What a name stands for that is only known when the cluster runs. */
export type Variable = { pod: string; node?: string; namespace?: string } | { read: Words };

/** A situation to practise on. The same files are played on real clusters. */
export interface Scenario {
  /** As the list shows it; does not give the answer away. */
  name: string;
  /** Name of its folder. */
  folder: string;
  /** Step of the checklist that it is about, or `any`: nothing may be wrong. */
  step: string;
  title: string;
  story: string;
  lesson: string;
  hint: string;
  service: string;
  namespace?: string;
  /** Further arguments for svc-debug. */
  args?: string[];
  namespaces?: string[];
  vars?: Record<string, Variable>;
  break?: Action[];
  mend?: Action[];
  needs?: { proxyMode?: 'iptables' | 'nftables'; hairpin?: boolean };
  practice: { supported: boolean; why?: string; name?: string; deny?: readonly Denial[] };
  manifests: string;
}

/** A folder of the cases; its case.yaml, read. */
export interface ScenarioSource {
  folder: string;
  content: Omit<Scenario, 'name' | 'folder' | 'step' | 'manifests'>;
  manifests: string;
}

const STEPS = [
  'exists',
  'network-policy',
  'dns',
  'ip',
  'spec',
  'endpoints',
  'pods',
  'kube-proxy',
  'hairpin',
  'healthy',
];

/** The lesson that the page itself teaches comes first. */
const FIRST = 'exists-never-exposed';

/** The scenarios that can be played here, in the order of the checklist. */
export function scenariosOf(sources: readonly ScenarioSource[]): Scenario[] {
  const all = sources.map(scenarioOf).filter(({ practice }) => practice.supported);
  const rank = ({ folder }: Scenario) =>
    folder === FIRST ? -1 : STEPS.findIndex((step) => folder.startsWith(`${step}-`));
  const sorted = all.sort((a, b) => rank(a) - rank(b) || (a.folder < b.folder ? -1 : 1));
  const taken = new Map<string, number>();
  for (const scenario of sorted) {
    const count = (taken.get(scenario.name) ?? 0) + 1;
    taken.set(scenario.name, count);
    if (count > 1) scenario.name = `${scenario.name}-${count}`;
  }
  return sorted;
}

function scenarioOf({ folder, content, manifests }: ScenarioSource): Scenario {
  const group = STEPS.find((step) => folder.startsWith(`${step}-`)) ?? 'any';
  const name = content.practice.name ?? content.service;
  return { ...content, name, folder, step: group === 'healthy' ? 'any' : group, manifests };
}

export const words = (line: Words): string[] => (typeof line === 'string' ? line.split(/\s+/) : [...line]);

/** Replaces `$NAME` where NAME is known; every other dollar is somebody else's. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\$([A-Z][A-Z0-9_]*)/g, (whole, name: string) => values[name] ?? whole);
