/** One fault that was tried. */
export interface Tried {
  area: string;
  name: string;
  /** Runs of svc-debug. */
  runs: number;
  wrongVerdicts: number;
  /** Containers, pods or processes that were there longer than they may be. */
  leftovers: number;
  /** Whatever else is not as it shall be; empty: passed. */
  complaints: string[];
  skipped?: string;
  /** It had failed when it was played first. */
  secondTime?: true;
  seconds: number;
}

export const skipped = ({ area, name }: Pick<Tried, 'area' | 'name'>, why: string): Tried => ({
  ...{ area, name, skipped: why },
  ...{ runs: 0, wrongVerdicts: 0, leftovers: 0, complaints: [], seconds: 0 },
});

export const hasFailed = ({ wrongVerdicts, leftovers, complaints }: Tried): boolean =>
  wrongVerdicts > 0 || leftovers > 0 || complaints.length > 0;

export const lineOf = (tried: Tried): string =>
  [
    `${mark(tried)}  ${tried.area.padEnd(13)}${tried.name.padEnd(62)}${tried.seconds.toFixed(1).padStart(6)} s${tried.secondTime ? ', the second time' : ''}`,
    ...(tried.skipped === undefined ? [] : [`      ${tried.skipped}`]),
    ...tried.complaints.map((words) => `      ${words}`),
  ].join('\n');

const mark = (tried: Tried): string => (tried.skipped !== undefined ? '--  ' : hasFailed(tried) ? 'FAIL' : 'ok  ');

const COLUMNS = ['faults tried', 'runs', 'verdicts wrong', 'leftovers', 'failed'] as const;

const row = (tried: readonly Tried[]): number[] => {
  const sum = (of: (one: Tried) => number) => tried.reduce((total, one) => total + of(one), 0);
  return [
    tried.filter(({ skipped }) => skipped === undefined).length,
    sum(({ runs }) => runs),
    sum(({ wrongVerdicts }) => wrongVerdicts),
    sum(({ leftovers }) => leftovers),
    tried.filter(hasFailed).length,
  ];
};

/** A Markdown table, by area. */
export function table(tried: readonly Tried[]): string {
  const areas = [...new Set(tried.map(({ area }) => area))];
  const rows: [string, number[]][] = [
    ...areas.map((area): [string, number[]] => [area, row(tried.filter((one) => one.area === area))]),
    ['all', row(tried)],
  ];
  return [
    `| ${['', ...COLUMNS].join(' | ')} |`,
    `| --- |${COLUMNS.map(() => ' ---: |').join('')}`,
    ...rows.map(([area, cells]) => `| ${area} | ${cells.join(' | ')} |`),
  ].join('\n');
}

export function summary(tried: readonly Tried[]): string {
  const skipped = tried.filter(({ skipped }) => skipped !== undefined).length;
  const failed = tried.filter(hasFailed).length;
  const again = tried.filter((one) => one.secondTime && !hasFailed(one)).map(({ name }) => name);
  const note = again.length === 0 ? '' : `right only the second time: ${again.join('; ')}\n\n`;
  return `${note}${tried.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped`;
}
