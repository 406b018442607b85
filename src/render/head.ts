import type { StepId } from '../model/finding.ts';
import { causesOf } from './causes.ts';
import { fits, printed, seconds, wrap } from './layout.ts';
import type { Head, Report, ReportPort, ReportTarget, View } from './report.ts';
import type { Clean } from './sanitize.ts';
import { sayFinding, sayObservation } from './words.ts';

/** The first line of a run: which cluster, which Service, which ports. */
export function renderHead({ context, serverVersion, target }: Clean<Head>, view: View): string {
  const { ui } = view.catalogue;
  const where = [context, ...(serverVersion ? [ui.head.server(serverVersion)] : [])].join(' ');
  const parts = [where, `${target.namespace}/${target.service}`, routes(target, ui.head.headless)].filter(Boolean);
  const line = parts.join('  ');
  return printed(fits(line, view.width) ? [line] : parts.flatMap((part) => wrap(part, view.width)));
}

/** `10.100.14.7:80 -> http (8080)`; several ports stand beside the address. */
function routes({ address, ports }: ReportTarget, headless: string): string {
  if (address === undefined) return '';
  const shown = address === 'None' ? headless : address;
  const [only, ...more] = ports;
  if (!only || more.length > 0 || address === 'None')
    return [shown, ports.map(route).join(', ')].filter(Boolean).join('  ');
  return `${address.includes(':') ? `[${address}]` : address}:${route(only)}`;
}

/** `80 -> http (8080)`, `53/UDP -> 53`. */
function route({ port, protocol, targetPort, resolved = [] }: ReportPort): string {
  const numbers = resolved.filter((number) => number !== targetPort);
  const to = numbers.length > 0 ? `${targetPort} (${numbers.join(', ')})` : String(targetPort);
  return `${protocol === 'TCP' ? port : `${port}/${protocol}`} -> ${to}`;
}

/** Steps that go without saying once the others are told. */
const IMPLIED: readonly StepId[] = ['access', 'exists', 'endpoints'];

/** What the API alone tells, before anything is asked from inside the cluster. Nothing where there is no access: the ending tells. */
export function renderApiVerdict({ diagnosis, durationMs }: Clean<Report>, view: View): string {
  if (diagnosis.verdict === 'no-access') return '';
  const { api, ending } = view.catalogue.ui;
  const [cause, ...others] = causesOf(diagnosis);
  const took = seconds(durationMs);
  if (cause) {
    const more = others.length > 0 ? `; ${ending.more(others.length)}` : '';
    return printed(wrap(api.fault(took, sayFinding(view.catalogue, cause) + more), view.width));
  }
  const fine = diagnosis.trail.filter(({ outcome }) => outcome === 'pass');
  const [seen] = fine.find(({ step }) => step === 'endpoints')?.observations ?? [];
  const steps = fine.map(({ step }) => step).filter((step) => !IMPLIED.includes(step));
  return printed(wrap(api.noCause(took, steps, seen && sayObservation(view.catalogue, seen)), view.width));
}
