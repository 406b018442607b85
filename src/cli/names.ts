import { UsageError } from './usage.ts';

/** RFC 1123, as https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ has it. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A port name (IANA_SVC_NAME): as a label, at most 15 characters, with a letter in it, no two dashes in a row. */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const LABEL_RULE = 'lower-case letters, digits and "-", at most 63, with a letter or digit at both ends';
const SUBDOMAIN_RULE = 'lower-case letters, digits, "-" and ".", with a letter or digit at both ends';

const isLabel = (name: string) => name.length <= 63 && LABEL.test(name);
const isSubdomain = (name: string) => name.length <= 253 && SUBDOMAIN.test(name);

function check(valid: boolean, name: string, what: string, rule: string): string {
  if (valid) return name;
  const shown = name === '' ? 'An empty name' : JSON.stringify(name);
  throw new UsageError(`${shown} cannot be the name of ${what}`, `Allowed are ${rule}.`);
}

/**
 * Service names are labels of RFC 1035; since Kubernetes 1.34 a leading digit is allowed as well where the cluster
 * is set so (KEP-5311), hence RFC 1123 here.
 */
export const serviceName = (name: string) => check(isLabel(name), name, 'a Service', LABEL_RULE);
export const namespaceName = (name: string) => check(isLabel(name), name, 'a namespace', LABEL_RULE);
export const podName = (name: string) => check(isSubdomain(name), name, 'a pod', SUBDOMAIN_RULE);
export const deploymentName = (name: string) => check(isSubdomain(name), name, 'a Deployment', SUBDOMAIN_RULE);
export const nodeName = (name: string) => check(isSubdomain(name), name, 'a node', SUBDOMAIN_RULE);
export const secretName = (name: string) => check(isSubdomain(name), name, 'a Secret', SUBDOMAIN_RULE);

/** A Service port, by number (1 to 65535) or name. */
export function portOf(text: string): string {
  const number = Number(text);
  const valid = /^\d+$/.test(text) ? number >= 1 && number <= 65535 : text.length <= 15 && PORT_NAME.test(text);
  if (!valid) throw new UsageError(`--port ${text}: no port of a Service`, 'Give its number (1 to 65535) or its name.');
  return /^\d+$/.test(text) ? String(number) : text;
}
