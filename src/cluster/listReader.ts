/** What an API server writes before the first item; whatever begins in another way is read as a whole. */
const HEAD =
  /^\s*\{(?:\s*"(?:kind|apiVersion)"\s*:\s*"[^"\\]*"\s*,|\s*"metadata"\s*:\s*\{[^{}]*\}\s*,)*\s*"items"\s*:\s*\[/;
const LONGEST_HEAD = 8192;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** `{` and `[`, `}` and `]`. */
const OPENING: readonly number[] = [0x7b, 0x5b];
const CLOSING: readonly number[] = [0x7d, 0x5d];

/**
 * Takes the items out of a list while it comes in: thousands of objects as text, as bytes and as values all at once are many
 * times the memory of what is kept of them.
 */
export class ListReader {
  readonly items: unknown[] = [];
  readonly #keep: (item: unknown) => unknown;
  #state: 'head' | 'between' | 'item' | 'rest' = 'head';
  /** All that is no item. */
  #text = '';
  /** Of the item that is under way. */
  #parts: string[] = [];
  #depth = 0;
  #quoted = false;
  #escaped = false;

  /** @param keep what to keep of an item */
  constructor(keep: (item: unknown) => unknown) {
    this.#keep = keep;
  }

  write(chunk: string): void {
    const text = this.#state === 'head' ? this.#behindHead(chunk) : chunk;
    for (let at = 0; at < text.length; ) {
      if (this.#state === 'between') at = this.#between(text, at);
      else if (this.#state === 'item') at = this.#item(text, at);
      else {
        this.#text += text.slice(at);
        return;
      }
    }
  }

  /** The text without the items that were taken out. It is no JSON where the list broke off, or where an item is none. */
  end(): string {
    return this.#text + this.#parts.join('');
  }

  #behindHead(chunk: string): string {
    const all = this.#text + chunk;
    const head = HEAD.exec(all)?.[0];
    if (head === undefined && all.length > LONGEST_HEAD) this.#state = 'rest';
    if (head !== undefined) this.#state = 'between';
    this.#text = head ?? all;
    return head === undefined ? '' : all.slice(head.length);
  }

  #between(text: string, start: number): number {
    let at = start;
    while (/[\s,]/.test(text[at] ?? '')) at += 1;
    if (at < text.length) this.#state = text[at] === '{' ? 'item' : 'rest';
    return at;
  }

  #item(text: string, start: number): number {
    const end = this.#endOfItem(text, start);
    this.#parts.push(text.slice(start, end));
    if (this.#depth === 0) this.#take();
    return end;
  }

  /** The index behind its last character, or the length of the text where it goes on. */
  #endOfItem(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      const mark = text.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (this.#quoted && mark === BACKSLASH) this.#escaped = true;
      else if (mark === QUOTE) this.#quoted = !this.#quoted;
      else if (this.#quoted) continue;
      else if (OPENING.includes(mark)) this.#depth += 1;
      else if (CLOSING.includes(mark) && --this.#depth === 0) return at + 1;
    }
    return text.length;
  }

  #take(): void {
    const text = this.#parts.join('');
    this.#parts = [];
    try {
      this.items.push(this.#keep(JSON.parse(text)));
      this.#state = 'between';
    } catch {
      this.#text += text;
      this.#state = 'rest';
    }
  }
}
