/** What was seen when a case was played in both worlds. */
export interface Played {
  name: string;
  step: string;
  result: 'same' | 'differs' | 'skipped';
  /** Where they differ, a line each; why it was skipped. */
  notes: readonly string[];
  /** Why they may differ, as the case says. */
  why?: string;
  /** The day, as 2026-01-31. */
  day: string;
  /** Of the real cluster. */
  version: string;
  proxyMode: string;
}

/** The part of svc-debug's JSON that is compared. */
export interface Report {
  verdict: string;
  rootCauses: { code: string }[];
  findings: { code: string; severity: string }[];
  trail: { step: string; outcome: string }[];
}

const sorted = (list: readonly string[]): string => [...new Set(list)].sort().join(', ') || 'none';

/** What is not the same, a line each. */
export function differences(here: Report, there: Report): string[] {
  const outcomes = (report: Report) => new Map(report.trail.map(({ step, outcome }) => [step, outcome]));
  const [own, others] = [outcomes(here), outcomes(there)];
  const findings = (report: Report) => report.findings.map(({ code, severity }) => `${code} (${severity})`);
  const pairs: [string, string, string][] = [
    ['verdict', here.verdict, there.verdict],
    ['root causes', sorted(here.rootCauses.map(({ code }) => code)), sorted(there.rootCauses.map(({ code }) => code))],
    ...[...new Set([...own.keys(), ...others.keys()])].map((step): [string, string, string] => [
      `step ${step}`,
      own.get(step) ?? 'none',
      others.get(step) ?? 'none',
    ]),
    ['findings', sorted(findings(here)), sorted(findings(there))],
  ];
  return pairs.flatMap(([what, a, b]) => (a === b ? [] : [`${what}: practice ${a}; real ${b}`]));
}

const HEAD = `# How true the practice cluster is

\`npm run fidelity\` plays each case twice, in the practice cluster and in a real one, and compares what svc-debug says of them: the
verdict, the root causes, the outcome of every step, and every finding with its severity. A case is the same only when all of it is.
The table is what \`--table docs/fidelity.md\` wrote after the runs; where the worlds differ, the real one is right.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A page in Markdown: counts by step, then every case that differs or was not compared. `left`: names of those not played yet. */
export function page(all: readonly Played[], left: readonly string[] = []): string {
  const count = (list: readonly Played[], result: string) => list.filter((one) => one.result === result).length;
  const row = (label: string, list: readonly Played[]) =>
    `| ${label} | ${list.length} | ${count(list, 'same')} | ${count(list, 'differs')} | ${count(list, 'skipped')} |`;
  const steps = [...new Set(all.map(({ step }) => step))];
  const known = [...new Set(all.map(({ version, proxyMode }) => `Kubernetes ${version} (${proxyMode})`))].sort();
  const days = [...new Set(all.map(({ day }) => day))].sort();
  const differing = all.filter(({ result }) => result === 'differs');
  const skipped = all.filter(({ result }) => result === 'skipped');
  return [
    HEAD,
    `Played ${days.join(', ')}, against ${known.join(', ')}.\n`,
    '| step | cases | same | differ | not compared |\n| --- | ---: | ---: | ---: | ---: |',
    ...steps.map((step) =>
      row(
        step,
        all.filter((one) => one.step === step),
      ),
    ),
    row('all', all),
    '\n## Where they differ\n',
    ...(differing.length === 0
      ? ['Nowhere.']
      : [
          '| case | what differs | why |\n| --- | --- | --- |',
          ...differing.map(
            ({ name, notes, why }) => `| ${name} | ${notes.map(cell).join('<br>')} | ${cell(why ?? 'not known')} |`,
          ),
        ]),
    '\n## Not compared\n',
    ...(skipped.length === 0
      ? ['None.']
      : [
          '| case | why |\n| --- | --- |',
          ...skipped.map(({ name, notes }) => `| ${name} | ${cell(notes.join('; '))} |`),
        ]),
    '\n## Not played yet\n',
    left.length === 0 ? 'None.' : `${left.length}: ${left.join(', ')}.`,
    '',
  ].join('\n');
}
