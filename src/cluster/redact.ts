const PATTERNS: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [hidden]'],
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]+)?/g, '[hidden]'],
  [/\bk8s-aws-v1\.[\w.=-]+/g, '[hidden]'],
  [
    /((?:token|password|secret|client-key-data|client-certificate-data)["']?\s*[:=]\s*["']?)[^\s"',}]{6,}/gi,
    '$1[hidden]',
  ],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, '[hidden]'],
];

const MAX_LENGTH = 1_000;

/**
 * A text of someone else's making (a server's message, a plugin's stderr), fit to be shown: without credentials, one trimmed
 * piece of at most 1,000 characters. `secrets`: values known to be secret, wherever they stand.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const named = secrets
    .filter((secret) => secret.length >= 6)
    .reduce((t, secret) => t.replaceAll(secret, '[hidden]'), text);
  const hidden = PATTERNS.reduce((t, [pattern, replacement]) => t.replace(pattern, replacement), named).trim();
  return hidden.length > MAX_LENGTH ? `${hidden.slice(0, MAX_LENGTH)}…` : hidden;
}
