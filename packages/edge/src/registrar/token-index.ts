/** Which bindings an account, a user or a flow has. Nearly all have one: a Set for each would weigh more than the binding. */
export class TokenIndex {
  /** A set from the second token on, in the order they came. */
  readonly #tokens = new Map<string, string | Set<string>>();

  add(key: string, token: string): void {
    const known = this.#tokens.get(key);
    if (known === undefined) this.#tokens.set(key, token);
    else if (typeof known !== "string") known.add(token);
    else if (known !== token) this.#tokens.set(key, new Set([known, token]));
  }

  delete(key: string, token: string): void {
    const known = this.#tokens.get(key);
    if (known === undefined || typeof known === "string") {
      if (known === token) this.#tokens.delete(key);
      return;
    }
    known.delete(token);
    if (known.size === 0) this.#tokens.delete(key);
  }

  of(key: string): Iterable<string> {
    const known = this.#tokens.get(key);
    return typeof known === "string" ? [known] : (known ?? []);
  }
}
