/** Voice messages of one extension. */
export interface Mailbox {
  readonly fresh: number;
  readonly old: number;
}

const empty: Mailbox = { fresh: 0, old: 0 };

/** How many messages wait for whom; told by the test, survives a restart as a disk does. */
export class Mailboxes {
  readonly #boxes = new Map<string, Mailbox>();

  of(user: string): Mailbox {
    return this.#boxes.get(user) ?? empty;
  }

  set(user: string, box: Mailbox): void {
    this.#boxes.set(user, box);
  }
}
