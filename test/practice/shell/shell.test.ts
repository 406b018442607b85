import { beforeAll, describe, expect, test } from 'vitest';
import { PROBE_SCRIPT } from '../../../src/cluster/probeScript.ts';
import { LineDiscipline } from '../../../src/practice/api/terminal.ts';
import { channel, keeping, nowhere, Queue, textChannel } from '../../../src/practice/machine/channel.ts';
import { Clock } from '../../../src/practice/machine/clock.ts';
import { CLIENT, type Scene, scene } from '../scene.ts';

let set: Scene;
beforeAll(async () => {
  set = await scene({ manifests: CLIENT });
});

/** Script, what it prints on both outputs, and its exit code. */
const SCRIPTS: [string, string, number?][] = [
  ['echo a "b  c" $((1 + 2 * 3)) \'$x\'', 'a b  c 7 $x\n'],
  ['x="a b"; for i in $x "$x"; do printf "[%s]" "$i"; done', '[a][b][a b]'],
  ['f() { echo "$#:$1"; return 3; }; f "p q" r; echo $?', '2:p q\n3\n'],
  ['set -- a "b c"; for q; do printf "%s|" "$q"; done; printf "%s|" "$@"; echo "$*"', 'a|b c|a|b c|a b c\n'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  ['y=a:b:c; echo ${y#*:} ${y##*:} ${y%:*} ${y%%:*} ${#y} ${z:-def} ${y:+set}', 'b:c c a:b a 5 def set\n'],
  ['case "abc def" in x|*"c d"*) echo yes ;; *) echo no ;; esac', 'yes\n'],
  ['case a1 in [!a-c]*) echo no ;; [a-c]?) echo yes ;; esac', 'yes\n'],
  ['{ echo a; echo b; } | while IFS= read -r l; do echo "<$l>"; done', '<a>\n<b>\n'],
  ['echo "p q  r" | { read -r a b; echo "$a|$b"; }', 'p|q  r\n'],
  ['n=0; until [ $n -ge 3 ]; do n=$((n + 1)); [ $n = 2 ] && continue; printf $n; done', '13'],
  ['for a in 1 2; do for b in 1 2; do [ $b = 2 ] && continue 2; printf "$a$b "; done; done', '11 21 '],
  ['exit 7', '', 7],
  ['false || echo or; true && echo and; ! true; echo $?', 'or\nand\n1\n'],
  ['set -e; false || true; if false; then :; fi; false; echo never', '', 1],
  ['(exit 4); echo $?; x=$(exit 5); echo $?', '4\n5\n'],
  ['nosuch; echo $?', 'sh: nosuch: not found\n127\n'],
  ['cat /nope', "cat: can't open '/nope': No such file or directory\n", 1],
  [
    'echo x > /tmp/f; echo y >> /tmp/f; cat < /tmp/f; wc -l < /tmp/f; rm /tmp/f; [ -e /tmp/f ] || echo gone',
    'x\ny\n2\ngone\n',
  ],
  ['echo x > /nowhere/f', "sh: can't create /nowhere/f: nonexistent directory\n", 1],
  ['cat <<EOF\n$((1 + 1)) $HOSTNAME\nEOF', '2 client\n'],
  ["cat <<'EOF'\n$x\nEOF", '$x\n'],
  ['{ echo out; echo err >&2; } 2>/dev/null', 'out\n'],
  ['b=$({ echo body; echo side >&3; } | head -c 2) 3>&1; echo', 'sh: 3: Bad file descriptor\n\n'],
  ['{ b=$({ echo body; echo side >&3; } | head -c 2); echo "$b"; } 3>&1', 'side\nbo\n'],
  ['exec sh -c "exit 9"; echo never', '', 9],
  ['printf "%s-%.2s|%5d|%-3s|%x %%\\n" a bcd 42 e 255', 'a-bc|   42|e  |ff %\n'],
  ["printf '\\101\\012'", 'A\n'],
  ['local_f() { local v=1; v=2; }; v=0; local_f; echo $v', '0\n'],
  ["export A=1; sh -c 'echo $A$B'; B=2 sh -c 'echo $A$B'", '1\n12\n'],
  ['command -v wget >/dev/null && echo has; command -v python >/dev/null || echo has not', 'has\nhas not\n'],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ['eval "echo $((2 * 21))"; . /tmp/none; echo still', '42\nstill\n'],
  ['if then', 'sh: syntax error', 2],
];

describe('the shell of the containers', () => {
  test.each(SCRIPTS)('%s', async (script, printed, exitCode = 0) => {
    const said = await set.sh('client', script);
    expect(said).toEqual({ exitCode, text: exitCode === 2 ? expect.stringContaining(printed) : printed });
  });

  test('time passes for jobs, and they can be waited for and killed', async () => {
    const script = `sleep 3 & p=$!
      (trap 'kill $z; exit' TERM; sleep 1 & z=$!; wait $z; kill $p) & w=$!
      wait $p; echo $?; kill $w 2>/dev/null; wait $w; echo $?; read -r up _ </proc/uptime; echo \${up%.*}`;
    const began = Date.now();
    const said = await set.sh('client', `read -r a _ </proc/uptime; echo \${a%.*}; ${script}`);
    const [before, killed, watcher, after] = said.text.trim().split('\n').map(Number);
    expect([killed, watcher, after! - before!]).toEqual([143, 0, 1]);
    expect(Date.now() - began).toBeLessThan(900);
  });

  test('a loop without an end ends with its connection', async () => {
    const { execute } = await import('../../../src/practice/api/exec.ts');
    const pod = set.world.store.list('Pod', 'shop')[0] as Parameters<typeof execute>[1];
    const out = keeping();
    const argv = ['sh', '-c', 'while true; do echo x; done'];
    const running = execute(set.world, pod, { argv, input: nowhere(), output: out.channel, errors: out.channel });
    await new Promise((resolve) => setTimeout(resolve, 50));
    running.kill();
    expect(await running.ended).toBe(137);
    expect(out.text().length).toBeGreaterThan(10);
  });

  test('a script on standard input is read command by command', async () => {
    const { execute } = await import('../../../src/practice/api/exec.ts');
    const pod = set.world.store.list('Pod', 'shop')[0] as Parameters<typeof execute>[1];
    const out = keeping();
    const input = textChannel('echo one\nfor i in 1 2\ndo echo $i\ndone\nread x\nhello\necho got $x\n');
    const { ended } = execute(set.world, pod, { argv: ['sh'], input, output: out.channel, errors: channel({}) });
    expect([await ended, out.text()]).toEqual([0, 'one\n1\n2\ngot hello\n']);
  });

  test("svc-debug's own probe script runs in it", async () => {
    const { exec } = await import('../../../src/practice/scenario/stage.ts');
    const said = await exec(set, [
      'client',
      '--',
      'sh',
      '-c',
      PROBE_SCRIPT,
      'svc-debug',
      '30',
      '+',
      '0 R',
      '+',
      '1 L kubernetes.default',
    ]);
    expect(said.text).toMatch(/^- 0 %tools nc wget nslookup\n- 0 %version BusyBox v1\.\d+/);
    expect(said.text).toMatch(/^0\.1 [\d.]+ nameserver 10\.96\.0\.10$/m);
    expect(said.text).toMatch(/^1\.1 [\d.]+ .*10\.96\.0\.1.* open$/m);
    expect(said.text).toMatch(/^- 0 %end$/m);
  });
});

describe('a terminal', () => {
  test('shows what is typed, lets it be mended, and hands it on line by line', async () => {
    const line = new Queue();
    let shown = '';
    let interrupted = 0;
    const echo = (text: string) => {
      shown += text;
    };
    const terminal = new LineDiscipline(line, echo, () => {
      interrupted += 1;
    });
    terminal.typed('lx\x7fs\x1b[A\r');
    expect([await line.take(), shown]).toEqual(['ls\n', 'lx\b \bs\r\n']);
    terminal.typed('\x03');
    expect([interrupted, shown.endsWith('^C\r\n')]).toEqual([1, true]);
    terminal.typed('\x04');
    expect(await line.take()).toBeNull();
  });
});

describe('the clock', () => {
  test('jumps from timer to timer, in order', async () => {
    const clock = new Clock(1000);
    const seen: [string, number][] = [];
    const sleeper = async (name: string, milliseconds: number) => {
      await clock.sleep(milliseconds);
      seen.push([name, clock.now]);
    };
    await clock.until(
      Promise.all([sleeper('b', 60_000), sleeper('a', 5), sleeper('c', 60_000).then(() => sleeper('d', 1))]),
    );
    expect(seen).toEqual([
      ['a', 1005],
      ['b', 61_000],
      ['c', 61_000],
      ['d', 61_001],
    ]);
  });

  test('stops where it is told to, and what is called off does not happen', async () => {
    const clock = new Clock(0);
    const rung: number[] = [];
    for (const at of [10, 20, 30]) clock.after(at, () => rung.push(at));
    clock.after(15, () => rung.push(15))();
    await clock.advance(20, () => false);
    expect([rung, clock.now]).toEqual([[10, 20], 20]);
  });
});
