import { isAsk, type ProbeReport } from '../facts/probe.ts';
import { type Command, kubectl } from '../model/command.ts';

interface Asked {
  address: string;
  port: number;
}

/** The command that repeats a connection from the vantage point; where that was a pod of our own, from a new one like it. */
export function repeat({ vantage, questions }: ProbeReport, { address, port }: Asked): Command {
  const question = questions.filter(isAsk('connect')).find((q) => q.address === address && q.port === port);
  const host = address.includes(':') ? `[${address}]` : address;
  const ask = question?.speak
    ? ['wget', '-qO-', '-T', '3', `${question.speak.scheme}://${host}:${port}${question.speak.path}`]
    : ['nc', '-zv', '-w', '3', address, String(port)];
  return inside(vantage, ask);
}

/** A command run where the vantage point is. */
export function inside(vantage: ProbeReport['vantage'], ask: readonly string[]): Command {
  if (vantage.kind === 'pod') {
    const container = vantage.container ? ['-c', vantage.container] : [];
    return kubectl(vantage.namespace, 'exec', vantage.pod, ...container, '--', ...ask);
  }
  const place =
    vantage.kind === 'node' && vantage.node
      ? [`--overrides=${JSON.stringify({ spec: { nodeName: vantage.node } })}`]
      : [];
  return kubectl(
    vantage.namespace,
    'run',
    'try',
    '--rm',
    '-i',
    '--restart=Never',
    '--image=busybox:1.36',
    ...place,
    '--',
    ...ask,
  );
}
