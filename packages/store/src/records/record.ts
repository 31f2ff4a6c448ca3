/** A row of the book of calls: what happened, and apart from it whom it happened to. */

export type RecordFields = Readonly<Record<string, string | number | boolean>>;

/**
 * `call`: a call that ended. `refused`: one of an account or a trunk that was not let through. `act`: what a person did, in the
 * audit, which is a book of its own. The others are the book's
 * own: `erased` and `pruned` say which rows lost what, so that nothing is missing without a word.
 */
export type RecordKind = "call" | "refused" | "act" | "erased" | "pruned";

export interface NewRecord {
  readonly kind: RecordKind;
  /** Milliseconds of the wall clock: when the call ended. */
  readonly at: number;
  /** Nothing that names a person. */
  readonly facts: RecordFields;
  /** Numbers, accounts and addresses: what erasing takes away. */
  readonly person: RecordFields;
}

export interface StoredRecord extends Omit<NewRecord, "person"> {
  /** From 1, without a gap. */
  readonly seq: number;
  /** Undefined: erased. */
  readonly person: RecordFields | undefined;
}
