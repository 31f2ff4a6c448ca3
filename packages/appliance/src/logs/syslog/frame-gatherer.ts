/**
 * Messages on their way to a collector, several in one piece. As octets from the start: a text is kept as the many pieces that it was
 * put together from, and these would be moved by each collection of garbage until they go.
 */

/** A piece is passed on when it has this many octets, or after this many milliseconds. */
const fullAt = 131_072;
const passOnAfterMs = 100;
/** Digits of a length, and the space. */
const mostHead = 8;

export class FrameGatherer {
  readonly #passOn: (frames: Buffer, messages: number) => void;
  #octets = Buffer.allocUnsafeSlow(fullAt);
  #end = 0;
  #messages = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(passOn: (frames: Buffer, messages: number) => void) {
    this.#passOn = passOn;
  }

  /** RFC 5425 §4.3: its length in octets goes before it. */
  write(message: string): void {
    this.#makeRoom(message.length * 3 + mostHead);
    // Nearly every message is ASCII: then it stands where it belongs at once.
    const guess = headOf(message.length);
    const at = this.#end + guess.length;
    const length = this.#octets.write(message, at);
    const head = length === message.length ? guess : headOf(length);
    if (head.length !== guess.length) this.#octets.copyWithin(this.#end + head.length, at, at + length);
    this.#octets.write(head, this.#end, "latin1");
    this.#end += head.length + length;
    this.#messages++;
    // What waits shall not keep a process alive that is done; whoever ends it flushes.
    this.#timer ??= setTimeout(() => this.flush(), passOnAfterMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#messages === 0) return;
    const [frames, messages] = [Buffer.copyBytesFrom(this.#octets, 0, this.#end), this.#messages];
    this.#end = 0;
    this.#messages = 0;
    this.#passOn(frames, messages);
  }

  /** @param most octets of the next one */
  #makeRoom(most: number): void {
    if (this.#end + most > this.#octets.length) this.flush();
    if (most > this.#octets.length) this.#octets = Buffer.allocUnsafeSlow(most);
  }
}

function headOf(length: number): string {
  return `${length} `;
}
