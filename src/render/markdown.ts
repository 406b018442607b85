import type { PlacedFinding } from '../model/diagnosis.ts';
import type { Remedy } from '../model/finding.ts';
import { PAGE } from '../text/catalogue.ts';
import { causesOf } from './causes.ts';
import { changeLines } from './changes.ts';
import { inOrder, MARK_OF } from './evidence.ts';
import { renderHead } from './head.ts';
import { reachOf, samplesOf, vantages } from './healthy.ts';
import { seconds } from './layout.ts';
import { openLines } from './open.ts';
import type { Report, View } from './report.ts';
import { actedLines, roleLines } from './rights.ts';
import type { Clean } from './sanitize.ts';
import { renderStep } from './terminal.ts';
import { MARKS, plainTheme } from './theme.ts';
import { isAmong, sayCommand, sayFinding, sayObservation, sayRemedy, unique } from './words.ts';

/** Columns of the trail inside its fence. */
const WIDTH = 100;

/**
 * The report to paste into a chat, the forum or an issue. Whatever comes from the cluster stands in a fence:
 * there it can be no link, no mention, no heading and no HTML.
 */
export function renderMarkdown(report: Clean<Report>, given: View): string {
  const view: View = { ...given, theme: plainTheme, width: WIDTH, verbose: false };
  const parts = [
    title(report, view),
    run(report, view),
    ...causesOf(report.diagnosis).map((cause) => causePart(cause, view)),
    changed(report, view),
    trail(report, view),
    others(report, view),
    unseen(report, view),
    help(report, view),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** A fence that the text cannot end: longer than every run of backticks in it. */
export function fence(text: string, language: 'text' | 'sh' | 'yaml'): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${text.trimEnd()}\n${marks}`;
}

const section = (heading: string, ...parts: readonly string[]): string =>
  [`## ${heading}`, ...parts].filter(Boolean).join('\n\n');

/** Names of Kubernetes hold nothing that Markdown reads, but the API server is not to be trusted with that. */
const inline = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

function title({ target, diagnosis }: Report, { catalogue: { ui } }: View): string {
  const service = inline(`${target.namespace}/${target.service}`);
  return `# ${ui.report.title(service, ui.report.verdicts[diagnosis.verdict])}`;
}

function run(report: Clean<Report>, view: View): string {
  const { ui } = view.catalogue;
  const { version, startedAt, durationMs, requests } = report;
  const reach = reachOf(samplesOf(report));
  const lines = [
    renderHead(report, view).trimEnd(),
    ui.report.asked(vantages(report.from, view.catalogue)),
    ...actedLines(report, view),
    ...(reach.asked > 0 ? [ui.ending.reach(reach.failures, reach.asked)] : []),
    ui.report.ran(version, startedAt, seconds(durationMs), requests),
  ];
  return fence(lines.join('\n'), 'text');
}

function causePart(cause: PlacedFinding, view: View): string {
  const { ui } = view.catalogue;
  return section(
    `${ui.report.cause}: ${inline(cause.code)}`,
    fence(sayFinding(view.catalogue, cause), 'text'),
    ...proof(cause, view),
    ...(cause.remedies as readonly Remedy[]).flatMap((remedy, i) => [
      ...(i === 0 ? [`${ui.report.remedy}:`] : []),
      fence(sayRemedy(view.catalogue, cause, remedy), 'text'),
      ...commandFence(remedy.commands.map((command) => sayCommand(view, command))),
    ]),
  );
}

function proof({ evidence }: PlacedFinding, view: View): string[] {
  if (evidence.length === 0) return [];
  const said = unique(evidence.map((seen) => sayObservation(view.catalogue, seen)));
  const commands = evidence.flatMap(({ command }) => (command ? [sayCommand(view, command)] : []));
  return [`${view.catalogue.ui.report.proof}:`, fence(said.join('\n'), 'text'), ...commandFence(unique(commands))];
}

const commandFence = (commands: readonly string[]): string[] =>
  commands.length > 0 ? [fence(commands.join('\n'), 'sh')] : [];

function changed(report: Report, view: View): string {
  const lines = changeLines(report, view);
  return lines.length > 0 ? section(view.catalogue.changes.title, fence(lines.join('\n'), 'text')) : '';
}

const trail = ({ diagnosis }: Clean<Report>, view: View): string =>
  section(
    view.catalogue.ui.report.trail,
    fence(diagnosis.trail.map((entry) => renderStep(entry as Clean<typeof entry>, view)).join(''), 'text'),
  );

function others(report: Report, view: View): string {
  const causes = causesOf(report.diagnosis);
  const rest = inOrder(report).filter((finding) => !isAmong(causes, finding));
  if (rest.length === 0) return '';
  const lines = rest.map(
    (finding) => `${MARKS[MARK_OF[finding.severity]]} ${finding.code}: ${sayFinding(view.catalogue, finding)}`,
  );
  return section(view.catalogue.ui.report.findings, fence(lines.join('\n'), 'text'));
}

function unseen(report: Report, view: View): string {
  const lines = openLines(report, { ...view, verbose: true });
  if (lines.length === 0) return '';
  const { report: words, ending } = view.catalogue.ui;
  const roles = roleLines(report, view);
  const rights = roles.length > 0 ? [ending.role, fence(roles.join('\n'), 'yaml')] : [];
  return section(words.unseen, fence(lines.join('\n'), 'text'), ...rights);
}

/** The sections of the page that teach the steps that failed, and where people answer. */
function help({ diagnosis }: Report, { catalogue }: View): string {
  const steps = unique(
    diagnosis.trail.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown').map(({ step }) => step),
  );
  const pages = steps.map(
    (step) => `- [Debug Services: ${catalogue.steps[step].title}](${PAGE}${catalogue.steps[step].anchor})`,
  );
  const links = catalogue.ui.report.links.map(({ says, address }) => `- [${says}](${address})`);
  return section(catalogue.ui.report.help, [...pages, ...links].join('\n'));
}
