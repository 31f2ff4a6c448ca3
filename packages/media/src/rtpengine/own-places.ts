/** Which addresses and ports of instances our calls hold, so that no peer can name one of them as its own (threat L14). */
export class OwnPlaces {
  /** `address port` → how many calls. */
  readonly #places = new Map<string, number>();

  hold(address: string, port: number): void {
    const name = nameOf(address, port);
    this.#places.set(name, (this.#places.get(name) ?? 0) + 1);
  }

  release(address: string, port: number): void {
    const name = nameOf(address, port);
    const left = (this.#places.get(name) ?? 0) - 1;
    if (left > 0) this.#places.set(name, left);
    else this.#places.delete(name);
  }

  /** RTP or the RTCP port above it. */
  has(address: string, port: number): boolean {
    return this.#places.has(nameOf(address, port)) || this.#places.has(nameOf(address, port - 1));
  }

  get size(): number {
    return this.#places.size;
  }
}

function nameOf(address: string, port: number): string {
  return `${address} ${port}`;
}
