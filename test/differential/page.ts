/** What one run counted. */
export interface Tally {
  seed: number;
  rounds: number;
  compared: number;
  /** What really went through, and what did not. */
  allowed: number;
  denied: number;
  /** The evaluator says that it cannot be told. */
  unknown: number;
  /** Differences that stayed when asked again. */
  differences: number;
}

/** The result as a page of the documentation. `version`: of the API server. */
export function page(tally: Tally, version: string): string {
  const { seed, rounds, compared, allowed, denied, unknown, differences } = tally;
  const cells = [new Date().toISOString().slice(0, 10), version, seed, rounds, compared, allowed, denied, unknown];
  return `# The NetworkPolicy evaluator against a real cluster

\`npm run differential -- --seed ${seed} --pairs ${compared} --table docs/policy-differential.md\` makes six pods in three
namespaces and, round by round, a set of policies drawn from the seed. It opens connections from pod to pod and compares
what really went through with what \`src/model/networkPolicy\` says. What the evaluator calls unknown is counted apart.

| date | Kubernetes | seed | sets of policies | connections | went through | did not | unknown | evaluator agreed | differed |
| ---- | ---------- | ---- | ---------------- | ----------- | ------------ | ------- | ------- | ---------------- | -------- |
| ${[...cells, compared - differences, differences].join(' | ')} |
`;
}
