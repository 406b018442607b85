// test/e2e/.f-run.ts
import { resolve as resolve2 } from "node:path";
import { parseArgs } from "node:util";

// test/e2e/lib/case.ts
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadYaml } from "@kubernetes/client-node";
var GROUPS = [
  "exists",
  "network-policy",
  "dns",
  "ip",
  "spec",
  "endpoints",
  "pods",
  "kube-proxy",
  "hairpin",
  "healthy"
];
var words = (line) => typeof line === "string" ? line.split(/\s+/) : line;
var fill = (text, values) => text.replace(/\$([A-Z][A-Z0-9_]*)/g, (whole, name) => values[name] ?? whole);
var namespaceOf = (name) => `f-e2e-${name}`;
var parseManifests = (text) => text.split(/^---$/m).filter((document) => /^kind:/m.test(document)).map((document) => loadYaml(`written:
${document.replace(/^/gm, "  ")}`).written);
function loadCase(directory, name) {
  const read = (file) => readFileSync(join(directory, name, file), "utf8");
  const step = GROUPS.find((group) => name.startsWith(`${group}-`));
  if (step === void 0) throw new Error(`${name}: its name begins with none of ${GROUPS.join(", ")}`);
  return { ...loadYaml(read("case.yaml")), name, step, manifests: read("manifests.yaml") };
}
function loadCases(directory, glob = "*") {
  const pattern = new RegExp(
    `^(${glob.split(",").map(
      (part) => part.replace(/[.+^()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")
    ).join("|")})$`
  );
  const names = readdirSync(directory).filter((name) => pattern.test(name));
  const cases2 = names.sort().map((name) => loadCase(directory, name));
  return cases2.sort((a, b) => GROUPS.indexOf(a.step) - GROUPS.indexOf(b.step));
}

// test/e2e/lib/command.ts
import { spawn } from "node:child_process";
function run(program, args, options = {}) {
  return new Promise((resolve3) => {
    const child = spawn(program, args, {
      stdio: "pipe",
      timeout: options.timeoutMs ?? 6e4,
      killSignal: "SIGKILL",
      ...options.signal && { signal: options.signal },
      env: { ...process.env, ...options.env }
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
    child.on("error", (error) => resolve3({ exit: -1, stdout, stderr: `${stderr}${error.message}` }));
    child.on("close", (code) => resolve3({ exit: code ?? -1, stdout, stderr }));
    child.stdin.on("error", () => {
    });
    child.stdin.end(options.input ?? "");
  });
}
var pause = (milliseconds, signal) => new Promise((resolve3) => {
  const end2 = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end2);
    resolve3();
  };
  const timer = setTimeout(end2, milliseconds);
  signal?.addEventListener("abort", end2);
});
async function poll(limitMs, signal, isSo) {
  const deadline = Date.now() + limitMs;
  while (!signal.aborted) {
    if (await isSo()) return true;
    if (Date.now() >= deadline) return false;
    await pause(500, signal);
  }
  return false;
}

// test/e2e/lib/cluster.ts
async function connect(options) {
  const kubectl = (line, more) => run("kubectl", words(line), { ...more, env: { KUBECONFIG: options.kubeconfig } });
  const nodes = await kubectl([
    "get",
    "nodes",
    "-o",
    "jsonpath={range .items[*]}{.metadata.name}:{.spec.unschedulable} {end}"
  ]);
  if (nodes.exit !== 0) throw new Error(`no cluster: ${nodes.stderr.trim()}`);
  return {
    ...options,
    kubectl,
    nodes: [...nodes.stdout.matchAll(/(\S+):(?= |$)/g)].map(([, name]) => name).sort(),
    proxyMode: options.proxyMode ?? await proxyMode(kubectl)
  };
}
async function proxyMode(kubectl) {
  const map = await kubectl("-n kube-system get configmap kube-proxy --ignore-not-found -o yaml");
  return /^\s*mode: *"?(\w+)/m.exec(map.stdout)?.[1] ?? "iptables";
}
function unplayable(needs, cluster) {
  if (needs.ownCluster && !cluster.own) return "breaks the whole cluster (--own-cluster allows it)";
  if (needs.nodeAccess && cluster.nodeCommand === void 0) return "needs a command on a node (--node-command)";
  if (needs.proxyMode && needs.proxyMode !== cluster.proxyMode) return `kube-proxy mode is ${cluster.proxyMode}`;
  if (needs.hairpin !== void 0 && needs.hairpin !== cluster.hairpin)
    return `hairpin is ${cluster.hairpin ? "on" : "off"}`;
  if ((needs.nodes ?? 1) > cluster.nodes.length) return `needs ${needs.nodes} nodes`;
  return void 0;
}
async function commonValues(cluster, namespace) {
  const dns = await cluster.kubectl(
    "-n kube-system get service -l k8s-app=kube-dns -o jsonpath={.items[0].spec.clusterIP}"
  );
  const [first = "", second = first] = cluster.nodes;
  return { NS: namespace, NODE1: first, NODE2: second, DNS: dns.stdout.trim() };
}
async function resolve(cluster, variables, values) {
  const found = { ...values };
  for (const [name, variable] of Object.entries(variables)) {
    const result = await cluster.kubectl(words(lookup(variable, found)).map((word) => fill(word, found)));
    const [value] = result.stdout.trim().split(/\s+/).sort();
    if (value) found[name] = value;
  }
  return found;
}
function lookup(variable, values) {
  if ("read" in variable) return variable.read;
  const node = variable.node === void 0 ? [] : [`--field-selector=spec.nodeName=${variable.node}`];
  const names = "jsonpath={range .items[*]}{.metadata.name} {end}";
  return ["-n", variable.namespace ?? values.NS ?? "", "get", "pods", "-l", variable.pod, ...node, "-o", names];
}

// test/e2e/lib/stage.ts
var CONDITION_LIMIT_MS = 9e4;
var CLUSTER_SCOPED = /^(Namespace|PriorityClass|RuntimeClass|ClusterRole(Binding)?)$/;
var StageError = class extends Error {
};
async function raise(played, cluster, signal) {
  const values = await commonValues(cluster, namespaceOf(played.name));
  const namespaces = [values.NS, ...(played.namespaces ?? []).map((name) => fill(name, values))];
  return { played, cluster, signal, values, namespaces, saved: [] };
}
async function play(stage) {
  const { played } = stage;
  for (const namespace of stage.namespaces) await must(stage, ["create", "namespace", namespace]);
  await must(stage, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests(stage) }));
  await learn(stage);
  await hold(stage, played.wait ?? [{ rollout: "all" }]);
  await learn(stage);
  for (const object of played.protect ?? []) await save(stage, object);
  await act(stage, played.break ?? []);
  await hold(stage, played.settle ?? []);
  await learn(stage);
}
async function learn(stage) {
  stage.values = await resolve(stage.cluster, stage.played.vars ?? {}, stage.values);
}
var filled = (line, values) => words(line).map((word) => fill(word, values));
async function act(stage, actions) {
  for (const action of actions) {
    if ("kubectl" in action)
      await must(
        stage,
        ["-n", stage.values.NS, ...filled(action.kubectl, stage.values)],
        fill(action.input ?? "", stage.values)
      );
    else await onNode(stage, filled(action.node, stage.values));
  }
}
async function must(stage, args, input = "") {
  const result = await stage.cluster.kubectl(args, { input, signal: stage.signal });
  if (result.exit !== 0) throw new StageError(`kubectl ${args.join(" ")}: ${result.stderr.trim()}`);
}
async function onNode(stage, args) {
  const [program = "", ...before] = words(stage.cluster.nodeCommand ?? "");
  const result = await run(program, [...before, ...args], { signal: stage.signal });
  if (result.exit !== 0) throw new StageError(`${args.join(" ")}: ${result.stderr.trim()}`);
}
async function hold(stage, conditions) {
  for (const condition of conditions) {
    for (const holds of checks(stage, condition)) {
      if (!await poll(CONDITION_LIMIT_MS, stage.signal, holds))
        throw new StageError(`never came true: ${JSON.stringify(condition)}`);
    }
  }
}
function checks(stage, condition) {
  const ask = (args) => stage.cluster.kubectl(["-n", stage.values.NS, ...args], { signal: stage.signal, timeoutMs: CONDITION_LIMIT_MS });
  if ("rollout" in condition) {
    const targets = condition.rollout === "all" ? workloads(stage) : [filled(condition.rollout, stage.values)];
    return targets.map(
      (target) => async () => (await ask(["rollout", "status", "--timeout=80s", ...target])).exit === 0
    );
  }
  if ("kubectl" in condition) return [async () => (await ask(filled(condition.kubectl, stage.values))).exit === 0];
  const pattern = new RegExp(fill(condition.matches, stage.values));
  return [async () => pattern.test((await ask(filled(condition.until, stage.values))).stdout)];
}
function manifests(stage) {
  return parseManifests(fill(stage.played.manifests, stage.values)).map(
    (manifest) => CLUSTER_SCOPED.test(manifest.kind) ? manifest : { ...manifest, metadata: { namespace: stage.values.NS, ...manifest.metadata } }
  );
}
function workloads(stage) {
  return manifests(stage).filter(({ kind }) => /^(Deployment|StatefulSet|DaemonSet)$/.test(kind)).map(({ kind, metadata }) => [`${kind.toLowerCase()}/${metadata.name}`, "-n", metadata.namespace]);
}
async function save(stage, object) {
  const [namespace = "", kind = "", name = ""] = object.split("/");
  const found = await stage.cluster.kubectl(["-n", namespace, "get", kind, name, "-o", "json"]);
  if (found.exit !== 0) throw new StageError(`cannot save ${object}: ${found.stderr.trim()}`);
  const saved = JSON.parse(found.stdout);
  for (const field of ["uid", "resourceVersion", "managedFields", "creationTimestamp", "generation"])
    delete saved.metadata[field];
  delete saved.status;
  stage.saved.unshift(JSON.stringify(saved));
}
async function clear(stage) {
  const undisturbed = { ...stage, signal: new AbortController().signal };
  const { kubectl } = stage.cluster;
  const complaints = [];
  for (const input of stage.saved) complaints.push(complaint(await kubectl("replace -f -", { input })));
  for (const action of stage.played.restore ?? [])
    await act(undisturbed, [action]).catch((error) => complaints.push(String(error.message)));
  await kubectl(["delete", "namespace", "--wait=false", "--ignore-not-found", ...stage.namespaces]);
  await Promise.all(
    stage.namespaces.map(
      (namespace) => kubectl(["-n", namespace, "delete", "pods", "--all", "--grace-period=1", "--wait=false"])
    )
  );
  if (stage.saved.length > 0 || stage.played.restored)
    await hold(undisturbed, stage.played.restored ?? []).catch((error) => complaints.push(String(error.message)));
  const gone = ["wait", "--for=delete", "--timeout=90s", ...stage.namespaces.map((name) => `namespace/${name}`)];
  complaints.push(complaint(await kubectl(gone, { timeoutMs: 1e5 })));
  return complaints.filter((text) => text !== "");
}
var complaint = (result) => result.exit === 0 ? "" : result.stderr.trim();

// test/e2e/lib/confirm.ts
var SHOWS_WITHIN_MS = 45e3;
var MENDED_WITHIN_MS = 9e4;
var TRIES = 18;
async function confirm(stage) {
  for (const one2 of stage.played.confirm) {
    const last = { seen: "" };
    if (!await poll(SHOWS_WITHIN_MS, stage.signal, () => shows(stage, one2, one2.shows, last)))
      throw new StageError(`\`${fill(one2.run, stage.values)}\` from ${one2.from} never ${one2.shows}: ${last.seen}`);
  }
}
async function confirmMended(stage) {
  await act(stage, stage.played.mend ?? []);
  for (const one2 of stage.played.confirm) {
    const last = { seen: "" };
    if (!await poll(MENDED_WITHIN_MS, stage.signal, () => shows(stage, one2, "answers", last)))
      throw new StageError(`mended, yet \`${fill(one2.run, stage.values)}\` from ${one2.from} fails: ${last.seen}`);
  }
}
async function shows(stage, one2, wanted, last) {
  const command = fill(one2.run, stage.values);
  const script = `n=0; ok=0; bad=0
while [ $n -lt ${one2.shows === "mixed" ? TRIES : 2} ]; do
  n=$((n+1)); if out=$( { ${command}; } 2>&1 </dev/null); then ok=$((ok+1)); else bad=$((bad+1)); fi
  ${wanted === "mixed" ? "[ $ok -gt 0 ] && [ $bad -gt 0 ] && break" : ""}
  ${wanted === "answers" ? "[ $bad -gt 0 ] && break" : ""}
  ${wanted === "fails" ? "[ $ok -gt 0 ] && break" : ""}
done
echo "$ok answered, $bad failed: $out"
${{ mixed: "[ $ok -gt 0 ] && [ $bad -gt 0 ]", answers: "[ $bad -eq 0 ]", fails: "[ $ok -eq 0 ]" }[wanted]}`;
  const args = ["-n", stage.values.NS, "exec", ...filled(one2.from, stage.values), "--", "sh", "-c", script];
  const result = await stage.cluster.kubectl(args, { signal: stage.signal, timeoutMs: 9e4 });
  last.seen = `${result.stdout}${result.stderr}`.trim().slice(0, 300);
  return result.exit === 0 && result.stdout.includes("answered,");
}

// test/e2e/lib/health.ts
var NAMESPACE = "e2e-health";
var RECOVERS_WITHIN_MS = 15e3;
var REPAIRS = 4;
var ASKERS = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "asker", namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: { app: "asker" } },
    template: {
      metadata: { labels: { app: "asker" } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: "asker", image: "busybox:1.36", command: ["sleep", "86400"] }]
      }
    }
  }
};
async function begin(cluster) {
  await cluster.kubectl(["create", "namespace", NAMESPACE]);
  await cluster.kubectl("apply -f -", { input: JSON.stringify(ASKERS) });
  await cluster.kubectl(`-n ${NAMESPACE} rollout status daemonset/asker --timeout=90s`, { timeoutMs: 1e5 });
}
var end = (cluster) => cluster.kubectl(["delete", "namespace", NAMESPACE, "--wait=false", "--ignore-not-found"]);
async function well(cluster) {
  const { signal } = new AbortController();
  for (let repair = 0; repair <= REPAIRS; repair++) {
    if (await poll(RECOVERS_WITHIN_MS, signal, async () => (await deaf(cluster)).length === 0)) return true;
    for (const node of await deaf(cluster))
      await cluster.kubectl(`-n kube-system delete pod -l k8s-app=kube-proxy --field-selector=spec.nodeName=${node}`);
  }
  return false;
}
async function deaf(cluster) {
  const pods = await cluster.kubectl([
    ...`-n ${NAMESPACE} get pods -l app=asker -o`.split(" "),
    "jsonpath={range .items[*]}{.metadata.name}:{.spec.nodeName} {end}"
  ]);
  const askers = [...pods.stdout.matchAll(/(\S+):(\S+)/g)].map(([, pod, node]) => ({ pod, node }));
  const answers = await Promise.all(
    askers.map(
      ({ pod }) => cluster.kubectl(
        `-n ${NAMESPACE} exec ${pod} -- timeout 4 nslookup -type=a kubernetes.default.svc.cluster.local.`
      )
    )
  );
  return askers.filter((_, i) => answers[i].exit !== 0).map(({ node }) => node);
}

// test/e2e/lib/judge.ts
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join as join2 } from "node:path";
var WALK_LIMIT_MS = 18e4;
async function judge(stage, program, keepIn) {
  const { played, values, cluster, signal } = stage;
  const args = [
    program,
    played.service,
    "-n",
    played.namespace ?? "$NS",
    "-o",
    "json",
    "--yes",
    "--no-input",
    ...played.args ?? []
  ];
  const env = { KUBECONFIG: cluster.kubeconfig, NO_COLOR: "1" };
  const result = await run(
    process.execPath,
    args.map((arg) => fill(arg, values)),
    { signal, env, timeoutMs: WALK_LIMIT_MS }
  );
  const report = parse(result.stdout);
  const judgement = compare(played, report, result.exit);
  const kept = join2(keepIn, `${played.name}.json`);
  if (judgement.differences.length === 0) rmSync(kept, { force: true });
  else {
    mkdirSync(keepIn, { recursive: true });
    const said = report ?? { stdout: result.stdout };
    writeFileSync(
      kept,
      `${JSON.stringify({ ...judgement, args, exit: result.exit, stderr: result.stderr, said }, null, 2)}
`
    );
  }
  return judgement;
}
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
function compare(played, report, exit) {
  const { expect } = played;
  if (report === void 0) return { differences: [`exit ${exit}, no JSON`], inconclusive: false, falseAlarms: [] };
  const causes = report.rootCauses ?? [];
  const errors = (report.findings ?? []).filter(({ severity }) => severity === "error").map(({ code }) => code);
  const falseAlarms = [...new Set(errors)].filter(
    (code) => expect.never?.includes(code) || expect.verdict === "healthy"
  );
  const port = causes[0]?.subject?.port;
  const differences = [
    differs("verdict", expect.verdict, report.verdict),
    differs("exit", expect.exit, exit),
    differs("root causes", codes(expect.rootCauses), codes(causes.map(({ code }) => code))),
    expect.port === void 0 ? "" : differs("port", expect.port, port),
    falseAlarms.length === 0 ? "" : `false alarms: ${falseAlarms.join(", ")}`
  ];
  return {
    differences: differences.filter((text) => text !== ""),
    inconclusive: report.verdict === "inconclusive",
    falseAlarms
  };
}
var codes = (list) => [...new Set(list)].sort().join(", ") || "none";
var differs = (what, wanted, got) => wanted === got ? "" : `${what}: ${got}, expected ${wanted}`;

// test/e2e/lib/table.ts
var COLUMNS = ["right", "wrong", "inconclusive", "skipped"];
function table(lines) {
  const steps = [...new Set(lines.map(({ played }) => played.step))];
  const rows = [...steps, "all"].map(
    (step) => row(
      step,
      lines.filter(({ played }) => step === "all" || played.step === step)
    )
  );
  const head = ["step", ...COLUMNS, "false alarms"];
  return [head, ...rows].map((cells) => cells.map((cell, i) => i === 0 ? cell.padEnd(16) : cell.padStart(13)).join("")).join("\n");
}
var row = (step, lines) => [
  step,
  ...COLUMNS.map((outcome) => String(count(lines, outcome))),
  String(lines.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0))
];
var count = (lines, outcome) => lines.filter((line) => line.outcome === outcome).length;
var failed = (lines) => count(lines, "wrong") + count(lines, "inconclusive");
var summary = (lines) => `${count(lines, "right")} passed, ${failed(lines)} failed, ${count(lines, "skipped")} skipped`;
var lineText = ({ played, outcome, seconds, notes }) => [
  `${outcome.padEnd(13)}${played.name.padEnd(44)}${seconds.toFixed(1).padStart(6)} s`,
  ...notes.map((note) => `               ${note}`)
].join("\n");

// test/e2e/.f-run.ts
var PROGRAM = "/tmp/f-svc.mjs";
var CASES = resolve2("test/e2e/cases");
var KEEP_IN = "/tmp/f-e2e/keep";
var { values: flags } = parseArgs({
  options: {
    kubeconfig: { type: "string" },
    only: { type: "string", default: "*" },
    parallel: { type: "string", default: "3" },
    confirm: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    "own-cluster": { type: "boolean", default: false },
    "node-command": { type: "string" },
    "proxy-mode": { type: "string" },
    "no-hairpin": { type: "boolean", default: false }
  }
});
var abort = new AbortController();
var exitCode = 0;
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => {
    exitCode = 130;
    console.error(`${name}: cleaning up`);
    abort.abort();
  });
}
async function one(played, cluster) {
  const started = Date.now();
  const line = { played, outcome: "right", seconds: 0, notes: [], falseAlarms: 0 };
  const why = unplayable(played.needs ?? {}, cluster);
  if (why !== void 0 || abort.signal.aborted) return { ...line, outcome: "skipped", notes: [why ?? "cancelled"] };
  const stage = await raise(played, cluster, abort.signal);
  try {
    await play(stage);
    await confirm(stage);
    if (flags.confirm) await (played.mend && confirmMended(stage));
    else await compared(line, stage);
  } catch (error) {
    Object.assign(line, { outcome: "wrong", notes: [`stage: ${error.message}`] });
  }
  if (abort.signal.aborted) Object.assign(line, { outcome: "skipped", notes: ["cancelled"] });
  line.seconds = (Date.now() - started) / 1e3;
  line.notes.push(...(await clear(stage)).map((text) => `cleaning: ${text}`));
  return line;
}
async function compared(line, stage) {
  const { differences, inconclusive, falseAlarms } = await judge(stage, PROGRAM, KEEP_IN);
  line.notes = differences;
  line.falseAlarms = falseAlarms.length;
  if (differences.length > 0) line.outcome = inconclusive ? "inconclusive" : "wrong";
}
async function all(cases2, cluster) {
  const lines = [];
  const report = (line) => {
    lines.push(line);
    console.log(lineText(line));
  };
  const queue = cases2.filter(({ needs }) => !needs?.ownCluster);
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) report(await one(next, cluster));
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(flags.parallel)) }, worker));
  const alone = cases2.filter(({ needs }) => needs?.ownCluster);
  if (cluster.own && alone.length > 0) await begin(cluster);
  for (const played of alone) report(await oneAlone(played, cluster));
  if (cluster.own && alone.length > 0) await end(cluster);
  return lines;
}
async function oneAlone(played, cluster) {
  if (unplayable(played.needs ?? {}, cluster) === void 0 && !await well(cluster))
    return { played, outcome: "wrong", seconds: 0, notes: ["stage: the cluster is not well"], falseAlarms: 0 };
  const line = await one(played, cluster);
  if (line.outcome !== "skipped" && !await well(cluster)) line.notes.push("cleaning: the cluster is not well");
  return line;
}
var cases = loadCases(CASES, flags.only);
if (flags.list) {
  for (const { name, title, expect } of cases)
    console.log(`${name.padEnd(44)}${expect.rootCauses.join(" ") || "-"}
    ${title}`);
} else {
  const cluster = await connect({
    kubeconfig: flags.kubeconfig ?? process.env.KUBECONFIG ?? "",
    hairpin: !flags["no-hairpin"],
    own: flags["own-cluster"],
    ...flags["proxy-mode"] && { proxyMode: flags["proxy-mode"] },
    ...flags["node-command"] && { nodeCommand: flags["node-command"] }
  });
  const lines = await all(cases, cluster);
  console.log(`
${table(lines)}

${summary(lines)}`);
  process.exitCode = exitCode || (failed(lines) > 0 ? 1 : 0);
}
