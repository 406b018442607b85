import type { Manager } from '../../model/fix/managers.ts';
import type { FixText } from '../fix.ts';
import { listed } from './words.ts';

const called = ({ tool, name }: Manager): string => (name ? `${tool} (${name})` : tool);

/** Where the change belongs, by who keeps the Service. */
const SOURCES: Record<Manager['kind'], string> = {
  gitops: 'in the Git repository that it is synced from',
  helm: 'in the values or templates of the chart, then helm upgrade',
  rollout: 'in the Rollout or Canary: its controller turns the selector',
  operator: 'in the object that owns it',
  tool: 'where that tool takes it from',
};

export const fix: FixText = {
  labels: {
    change: 'CHANGE',
    managed: 'MANAGED',
    source: 'SOURCE',
    applied: 'APPLIED',
    undo: 'UNDO',
    refused: 'REFUSED',
  },
  menu: (count) => (count > 1 ? `mend it (${count} ways; shows the change first)` : 'mend it (shows the change first)'),
  which: 'Which change? (nothing is changed yet)',
  nevermind: 'none of them',
  reading: 'Reading the Service again',
  applying: 'Changing the Service',
  waiting: 'Waiting for the endpoints to follow',
  change: (service) => `Service ${service} as it is (-), and mended (+):`,
  tried: 'The API server takes it: it was sent as a dry run, and nothing is changed yet.',
  beyond: 'The cluster would change more than what is meant, as the diff shows (an admission webhook). Not offered.',
  printed: 'Only shown: this run changes nothing. The command above makes the change.',
  managers: (service, managers) =>
    `${listed(managers.map(called))} ${managers.length > 1 ? 'keep' : 'keeps'} Service ${service}: a change in the cluster would be undone, or stand in the way. svc-debug does not make it.`,
  source: (managers) => `Make this change ${[...new Set(managers.map(({ kind }) => SOURCES[kind]))].join('; ')}:`,
  alsoThere: (managers) =>
    `${listed(managers.map(called))} ${managers.length > 1 ? 'keep' : 'keeps'} the Service and may undo that: change it ${[...new Set(managers.map(({ kind }) => SOURCES[kind]))].join('; ')}.`,
  fromFile:
    'The Service was applied from a file: change it there as well, or the next kubectl apply brings the fault back.',
  ask: 'Change the Service now?',
  yes: 'yes',
  yesNote: 'applied as field manager svc-debug, then walked again',
  no: 'no',
  noNote: 'nothing is changed',
  applied: (service) => `Service ${service} is changed.`,
  effect: (ms) =>
    ms === undefined
      ? 'Its endpoints have not changed so far.'
      : `Its endpoints followed after ${(ms / 1000).toFixed(1)} s.`,
  undo: 'this takes the change back:',
  notApplied: 'Nothing was changed.',
  gone: 'The Service is not there any more.',
  already: 'The Service has changed since it was looked at: this change does not fit it any more. Walk again.',
  conflict: 'Somebody else changed the Service in the same moment, so nothing was written. Walk again.',
  forbidden: (says) => `You are ${says}. Hand the command above to someone who may.`,
  refused: (says) => `The cluster does not take it: ${says}`,
  lost: (says) => `It is not known whether it was changed: ${says}.`,
  notMended: 'Changed, and still not well:',
};
