import type { Fact, Obstacle } from '../model/fact.ts';
import type { Page } from '../model/kubernetes.ts';

/** A list of which one page was read, and that went on. `what`: in the plural, with its place, as `pods of shop`. */
export const wentOn = (list: Fact<Page<unknown>>, what: string): Obstacle[] =>
  list.known && list.value.more ? [{ kind: 'partial-list', what, read: list.value.items.length }] : [];
