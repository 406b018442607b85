/** One directive of a server block; the words of its braces by line. */
export interface Directive {
  line: number;
  name: string;
  args: string[];
  body: string[][];
}

/** Plugins of the release that scenarios may name. https://coredns.io/plugins/ */
const PLUGINS =
  /^(errors|health|ready|kubernetes|prometheus|forward|cache|loop|reload|loadbalance|log|hosts|rewrite|template|file|import|debug|autopath|nodecache|bind|trace)$/;

/** The server block of a Corefile, or why CoreDNS does not start with it, in its words. */
export function parseCorefile(text: string): Directive[] | { error: string } {
  const found: Directive[] = [];
  let depth = 0;
  for (const [i, raw] of text.split('\n').entries()) {
    const words = raw.replace(/#.*$/, '').trim().split(/\s+/).filter(Boolean);
    const opens = words.at(-1) === '{';
    if (opens) words.pop();
    if (words[0] === '}') depth -= 1;
    else if (depth === 1 && words.length > 0) {
      const [name = '', ...args] = words;
      if (!PLUGINS.test(name))
        return { error: `/etc/coredns/Corefile:${i + 1} - Error during parsing: Unknown directive '${name}'` };
      found.push({ line: i + 1, name, args, body: [] });
    } else if (depth > 1) found.at(-1)?.body.push(words);
    if (opens) depth += 1;
  }
  return depth === 0
    ? found
    : { error: `/etc/coredns/Corefile:${text.split('\n').length} - Error during parsing: Unexpected EOF` };
}
