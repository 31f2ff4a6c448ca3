/** Lines that wait to be written, in their order and never more than so many characters of them: a disk may hang for long. */

export class Backlog {
  readonly #most: number;
  #pieces: string[] = [];
  #length = 0;

  /** @param most characters */
  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** False: there is no room, and the piece is not taken. */
  add(piece: string): boolean {
    if (this.#length + piece.length > this.#most) return false;
    this.#pieces.push(piece);
    this.#length += piece.length;
    return true;
  }

  /** What was taken and could not be written: before everything else, whether there is room or not. */
  putBack(piece: string): void {
    this.#pieces.unshift(piece);
    this.#length += piece.length;
  }

  /** Everything that waits, as one. */
  takeAll(): string {
    const all = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return all;
  }

  /** The oldest pieces, together about so many characters: at least one where there is one. */
  take(about: number): string {
    let count = 0;
    let length = 0;
    while (count < this.#pieces.length && length < about) length += this.#pieces[count++]?.length ?? 0;
    const taken = this.#pieces.splice(0, count).join("");
    this.#length -= taken.length;
    return taken;
  }
}

export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
