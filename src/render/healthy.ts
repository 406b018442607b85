import type { Vantage } from '../model/probe.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { type Block, paragraph } from './layout.ts';
import type { Report, View } from './report.ts';
import { unique } from './words.ts';

/** What a healthy Service was seen to do: no more is claimed. */
export function healthyBlocks(report: Report, view: View): Block[] {
  const { ui } = view.catalogue;
  const { target } = report;
  const samples = samplesOf(report);
  const said = ui.ending.healthy(`${target.namespace}/${target.service}`, {
    ports: unique(samples.flatMap(({ port }) => port ?? [])),
    opens: samples.length > 0 && samples.every(({ opened }) => opened),
    byName: passed(report, 'dns'),
    byAddress: passed(report, 'ip'),
    from: vantages(report.from, view.catalogue),
  });
  const reach = reachOf(samples);
  const pieces = [said, ...(reach.asked > 0 ? [ui.ending.reach(reach.failures, reach.asked)] : [])].map(paragraph);
  return [{ label: ui.labels.healthy, meaning: 'good', pieces }];
}

const passed = ({ diagnosis }: Report, step: string): boolean =>
  diagnosis.trail.some((entry) => entry.step === step && entry.outcome === 'pass');

export const vantages = (from: readonly Vantage[], { ui }: Catalogue): string[] =>
  from.map(({ kind, pod, node }) => ui.from[kind](pod, node));

interface Sample {
  port: string | undefined;
  asked: number;
  failures: number;
  /** Connections were opened, and nothing was said over them. */
  opened: boolean;
}

/** The connections that were made to the Service; where it has no cluster IP, to its pods. */
export function samplesOf({ diagnosis }: Report): Sample[] {
  for (const step of ['ip', 'pods']) {
    const samples = diagnosis.trail
      .filter((entry) => entry.step === step)
      .flatMap(({ observations }) => observations.flatMap(sampleOf));
    if (samples.length > 0) return samples;
  }
  return [];
}

/** Observations that count connections have `asked` and `failures` among their params. */
function sampleOf({ what, params }: { what: string; params: object }): Sample[] {
  const { asked, failures, port } = params as { asked?: unknown; failures?: unknown; port?: unknown };
  if (typeof asked !== 'number' || typeof failures !== 'number') return [];
  return [{ asked, failures, port: typeof port === 'string' ? port : undefined, opened: what.endsWith('.opened') }];
}

export function reachOf(samples: readonly Sample[]): { asked: number; failures: number } {
  const sum = (field: 'asked' | 'failures') => samples.reduce((total, sample) => total + sample[field], 0);
  return { asked: sum('asked'), failures: sum('failures') };
}
