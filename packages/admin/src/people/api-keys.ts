/** Keys of programs: `rf_ID_SECRET` in the header Authorization. Only a hash of the secret is kept. */
import { createHash } from "node:crypto";
import type { Role } from "../api/role.ts";
import type { ApiKey } from "../api/users.ts";
import { isSameHash } from "./secret-code.ts";
import type { UserBook } from "./user-book.ts";
import type { Key } from "./user-file.ts";

/** When a key was used last is written down at most so often. */
const noteEvery = 60_000;
const nobody = "0".repeat(64);

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly forMs: number;
  readonly addresses: readonly string[];
}

export class ApiKeys {
  readonly #book: UserBook;
  readonly #random: (count: number) => Uint8Array;
  readonly #isWithin: (address: string, blocks: readonly string[]) => boolean;

  constructor(
    book: UserBook,
    random: (count: number) => Uint8Array,
    isWithin: (address: string, blocks: readonly string[]) => boolean,
  ) {
    this.#book = book;
    this.#random = random;
    this.#isWithin = isWithin;
  }

  list(): readonly ApiKey[] {
    return this.#book.keys.map(shown);
  }

  add(
    now: number,
    by: string,
    { name, role, forMs, addresses }: NewKey,
  ): { readonly key: ApiKey; readonly secret: string } {
    const id = Buffer.from(this.#random(6)).toString("hex");
    const secret = Buffer.from(this.#random(32)).toString("base64url");
    const expires = now + forMs;
    const key: Key = {
      id,
      name,
      role,
      by,
      since: now,
      expires,
      addresses: [...addresses],
      hash: hashOf(secret),
      lastUsed: null,
    };
    this.#book.putKey(key);
    return { key: shown(key), secret: `rf_${id}_${secret}` };
  }

  remove(id: string): void {
    this.#book.removeKey(id);
  }

  /** It was neither taken back nor is it over. */
  holds(now: number, { id, expires }: Key): boolean {
    return this.#book.key(id) !== undefined && now < expires;
  }

  /** Undefined: wrong, expired, revoked, or not from there. @param text what stands behind `Bearer ` */
  check(now: number, text: string, address: string): Key | undefined {
    const [prefix, id = "", secret = ""] = splitKey(text);
    const key = this.#book.key(id);
    const right = isSameHash(hashOf(secret), key?.hash ?? nobody);
    if (prefix !== "rf" || key === undefined || !right || now >= key.expires) return undefined;
    if (key.addresses.length > 0 && !this.#isWithin(address, key.addresses)) return undefined;
    if (now - (key.lastUsed ?? 0) >= noteEvery) this.#book.putKey({ ...key, lastUsed: now });
    return key;
  }
}

/** The secret may hold underscores. */
function splitKey(text: string): readonly [string, string?, string?] {
  const first = text.indexOf("_");
  const second = text.indexOf("_", first + 1);
  if (first < 0 || second < 0) return [""];
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function shown({ hash: _, ...key }: Key): ApiKey {
  return key;
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
