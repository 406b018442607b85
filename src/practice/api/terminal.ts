import type { Queue } from '../machine/channel.ts';

/** What a terminal driver does with the keys of a line: echo, erase, end of line, end of input, interrupt. termios(3) */
export class LineDiscipline {
  readonly #line: Queue;
  readonly #echo: (text: string) => void;
  readonly #interrupt: () => void;
  #typed = '';

  constructor(line: Queue, echo: (text: string) => void, interrupt: () => void) {
    this.#line = line;
    this.#echo = echo;
    this.#interrupt = interrupt;
  }

  typed(text: string): void {
    for (const key of text.replace(/\x1b\[[0-9;]*[A-Za-z~]/g, '')) this.#key(key);
  }

  #key(key: string): void {
    if (key === '\r' || key === '\n') {
      this.#echo('\r\n');
      this.#line.put(`${this.#typed}\n`);
      this.#typed = '';
    } else if (key === '\x7f' || key === '\b') {
      if (this.#typed !== '') this.#echo('\b \b');
      this.#typed = this.#typed.slice(0, -1);
    } else if (key === '\x04') {
      if (this.#typed === '') this.#line.end();
    } else if (key === '\x03') {
      this.#echo('^C\r\n');
      this.#interrupt();
    } else if (key >= ' ') {
      this.#typed += key;
      this.#echo(key);
    }
  }
}
