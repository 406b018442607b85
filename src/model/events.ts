import type { Event } from './kubernetes.ts';

/** When an event last happened, milliseconds since 1970; 0 when it does not say. Which field is set depends on who wrote it. */
function lastSeen({ series, lastTimestamp, eventTime, metadata }: Event): number {
  const text = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata?.creationTimestamp;
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}

/** The newest event with one of these reasons, and, if asked for, whose message begins with a text. */
export const newestEvent = (events: readonly Event[], reasons: readonly string[], beginning = ''): Event | undefined =>
  events
    .filter(({ reason = '', message = '' }) => reasons.includes(reason) && message.startsWith(beginning))
    .reduce<Event | undefined>((best, event) => (best && lastSeen(best) >= lastSeen(event) ? best : event), undefined);
