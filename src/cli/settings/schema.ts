/** What may stand in a settings file, and how each value is checked. */
import type { ProbePodSettings } from '../../cluster/probeManifest.ts';
import { PROBE_LABELS } from '../../cluster/probeManifest.ts';
import { nearNames } from '../../model/nearNames.ts';
import { secretName } from '../names.ts';
import type { UsageError } from '../usage.ts';

/** How probe pods are made in the clusters of one context. */
export type Settings = Pick<ProbePodSettings, 'image' | 'imagePullSecret' | 'tolerations' | 'labels'>;

export interface Complaint {
  /** Keys and indexes from the top of the file to what is wrong. */
  path: readonly string[];
  wrong: string;
  allowed: string;
}

type Path = readonly string[];
type Check = (value: unknown, path: Path) => Complaint[];

const complaint = (path: Path, wrong: string, allowed: string): Complaint[] => [{ path, wrong, allowed }];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** A map whose keys are known. */
const map =
  (fields: Record<string, Check>): Check =>
  (value, path) => {
    const names = Object.keys(fields).join(', ');
    if (!isMap(value)) return complaint(path, `${shown(value)} is no map`, `a map with ${names}`);
    return Object.entries(value).flatMap(([key, item]) => {
      const check = Object.hasOwn(fields, key) ? fields[key] : undefined;
      return check
        ? check(item, [...path, key])
        : complaint([...path, key], 'no such setting', didYouMean(key, fields));
    });
  };

function didYouMean(key: string, fields: Record<string, Check>): string {
  const names = Object.keys(fields);
  const [near] = nearNames(key, names);
  return near ? `${names.join(', ')}; did you mean ${near.name}?` : names.join(', ');
}

const text =
  (pattern: RegExp, allowed: string): Check =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? [] : complaint(path, unquoted(value), allowed);

/** YAML reads 1.0 and true as something else than a string. */
const unquoted = (value: unknown): string =>
  ['number', 'boolean'].includes(typeof value) || value === null
    ? `${shown(value)} is read as a ${value === null ? 'null' : typeof value}; put it in quotes`
    : `${shown(value)} is not allowed`;

const oneOf = (...values: string[]): Check => text(new RegExp(`^(${values.join('|')})$`), values.join(', '));

const secret: Check = (value, path) => {
  try {
    secretName(String(value));
    return [];
  } catch (error) {
    return complaint(path, `${shown(value)} cannot be the name of a Secret`, (error as UsageError).next.join(' '));
  }
};

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const toleration = map({
  key: text(/^[\w./-]{1,317}$/, 'the key of a taint'),
  operator: oneOf('Exists', 'Equal'),
  value: text(/^[\w.-]{0,63}$/, 'the value of a taint'),
  effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  tolerationSeconds: (value, path) =>
    Number.isInteger(value) ? [] : complaint(path, `${shown(value)} is no whole number`, 'seconds'),
});

const tolerations: Check = (value, path) =>
  Array.isArray(value)
    ? value.flatMap((item, i) => toleration(item, [...path, String(i)]))
    : complaint(path, `${shown(value)} is no list`, 'a list of key, operator, value, effect');

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = text(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/, 'at most 63 letters, digits, "-", "_" and "."');

const labels: Check = (value, path) => {
  if (!isMap(value)) return complaint(path, `${shown(value)} is no map`, 'a map of labels');
  return Object.entries(value).flatMap(([key, item]) => {
    const own = [...path, key];
    if (key in PROBE_LABELS) return complaint(own, 'svc-debug sets this label itself', 'any other label');
    return LABEL_KEY.test(key)
      ? labelValue(item, own)
      : complaint(own, 'no key of a label', 'such as team or acme.com/team');
  });
};

const image = text(/^[\w][\w./:@-]{0,500}$/, 'the name of an image, such as registry.example/busybox:1.36');

const context = map({ image, imagePullSecret: secret, tolerations, labels });

const contexts: Check = (value, path) =>
  isMap(value)
    ? Object.entries(value).flatMap(([name, item]) => context(item, [...path, name]))
    : complaint(path, `${shown(value)} is no map`, 'a map from names of contexts to settings');

/** `defaults` hold for every context, and what a context has of its own goes over them. */
export const checkSettings: Check = map({ defaults: context, contexts });
