const GONE = '[hidden]';

/** How names end whose value is a secret wherever `name=value` or `"name": "value"` stands. */
const NAME = '(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';
const VALUE = `(?!\\[hidden\\])(?:"[^"]*"|'[^']*'|[^\\s"'&,;)}]+)`;

const RULES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, GONE],
  // user:password@host
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/?#@]{0,100}):[^\s/?#@]{1,200}@/gi, `$1:${GONE}@`],
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?!(?:\w+ )?\[hidden\])(?:(?:basic|bearer|digest|negotiate|token)\s+)?[^\s"',;]+/gi,
    `$1${GONE}`,
  ],
  [/\b((?:set-)?cookie["']?\s*:\s*)[^\n]+/gi, `$1${GONE}`],
  // a digit or a dot tells a token from the words after "bearer"
  [/\b(bearer\s+)(?=\S*[0-9._])[\w.~+/=-]{8,}/gi, `$1${GONE}`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, GONE],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, GONE],
  [/\b(?:gh[opsur]_|github_pat_|glpat-|xox[abprs]-)[\w-]{10,}/g, GONE],
  [new RegExp(`(${NAME} ?=(?!=) ?)${VALUE}`, 'gi'), `$1${GONE}`],
  [new RegExp(`(${NAME}["']\\s*:\\s*)${VALUE}`, 'gi'), `$1${GONE}`],
  [new RegExp(`(--(?:password|token)\\s+)${VALUE}`, 'gi'), `$1${GONE}`],
  // after a colon words are common ("token: expired"), a password is not
  [new RegExp(`((?:password|passwd|passphrase):\\s*)${VALUE}`, 'gi'), `$1${GONE}`],
];

/**
 * Takes out what looks like a secret: authorization headers, tokens, passwords in URLs and in name=value.
 * Log lines and messages of a cluster may hold them, and reports are pasted in public.
 */
export const redact = (text: string): string =>
  RULES.reduce((rest, [rule, instead]) => rest.replace(rule, instead), text);
