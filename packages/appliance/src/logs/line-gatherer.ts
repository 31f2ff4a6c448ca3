/** Log lines on their way out, several in one piece: a write for each costs more than making the line. */

/** A piece is passed on when it has this many octets, or after this many milliseconds. */
const fullAt = 131_072;
const passOnAfterMs = 100;

export class LineGatherer {
  readonly #passOn: (lines: string) => void;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(passOn: (lines: string) => void) {
    this.#passOn = passOn;
  }

  write(line: string): void {
    this.#lines.push(line);
    // To count octets makes one text of the pieces that it was put together from, while they are at hand: they need not be kept till it goes.
    this.#length += Buffer.byteLength(line);
    if (this.#length >= fullAt) this.flush();
    // Lines that wait shall not keep a process alive that is done; whoever ends it flushes.
    else this.#timer ??= setTimeout(() => this.flush(), passOnAfterMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const piece = this.#lines.join("");
    this.#lines = [];
    this.#length = 0;
    this.#passOn(piece);
  }
}
