/**
 * Server transactions that have their final response and wait for copies of their request alone, the oldest first. They may be
 * given up before Timer J: a copy that comes later is a new request (RFC 3261 §17.2.2 keeps them only to spare the user that).
 * Of an OPTIONS or a REGISTER a second answer does no harm, inside a dialog the CSeq tells the copy; one that would be read
 * twice stays as long as there is any other.
 */
import { Procession } from "./procession.ts";

export class Answered<R extends { readonly merge: string | undefined }> {
  readonly #harmless = new Procession<R>();
  readonly #others = new Procession<R>();

  get size(): number {
    return this.#harmless.size + this.#others.size;
  }

  add(record: R): void {
    this.#of(record).add(record);
  }

  delete(record: R): void {
    this.#of(record).delete(record);
  }

  /** The one to give up first. */
  get first(): R | undefined {
    return this.#harmless.first ?? this.#others.first;
  }

  #of(record: R): Procession<R> {
    return record.merge === undefined ? this.#harmless : this.#others;
  }
}
