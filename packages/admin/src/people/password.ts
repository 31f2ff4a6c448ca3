/** Passwords: scrypt, one at a time, and the same work for a name that nobody has. */
import { scrypt, timingSafeEqual } from "node:crypto";
import { ApiError } from "../door/problems.ts";

/** Powers of two and factors of RFC 7914. 32 MiB and about a quarter of a second of one processor of 2025, off the main thread. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}
const ordinaryCost: ScryptCost = { n: 32_768, r: 8, p: 3 };

/** Fills memory and time; the program has it from node:crypto. */
export type Derive = (password: string, salt: Uint8Array, cost: ScryptCost) => Promise<Uint8Array>;

const keyLength = 32;
/** Who waits behind these is told to come back: a flood of passwords must not become a queue of minutes. */
const mostWaiting = 8;

export class Passwords {
  readonly #cost: ScryptCost;
  readonly #random: (count: number) => Uint8Array;
  readonly #derive: Derive;
  /** Of no password: whoever does not exist is compared with it. */
  readonly #nobody: string;
  #waiting = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(random: (count: number) => Uint8Array, cost = ordinaryCost, derive: Derive = deriveKey) {
    this.#cost = cost;
    this.#random = random;
    this.#derive = derive;
    this.#nobody = written(cost, random(16), random(keyLength));
  }

  async hash(password: string): Promise<string> {
    const salt = this.#random(16);
    return written(this.#cost, salt, await this.#inLine(() => this.#derive(normal(password), salt, this.#cost)));
  }

  /** @param kept undefined: there is no such user, or one without a password: never true, after the same work */
  async isRight(password: string, kept: string | undefined): Promise<boolean> {
    const { cost, salt, key } = read(kept ?? this.#nobody) ?? read(this.#nobody) ?? never();
    const made = await this.#inLine(() => this.#derive(normal(password), salt, cost));
    return timingSafeEqual(made, key) && kept !== undefined;
  }

  async #inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= mostWaiting) throw new ApiError(503, "busy", "too many sign in at this time", "Try again.");
    this.#waiting++;
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.#waiting--;
    }
  }
}

/** What is wrong with a new password; undefined: nothing. Length is what counts (NIST SP 800-63B §3.1.1). */
export function weakness(password: string, user: string): string | undefined {
  if ([...password].length < 12) return "the password has fewer than 12 characters";
  if (password.toLowerCase().includes(user)) return "the password holds the name of the user";
  if (new Set(password).size < 6) return "the password repeats a few characters";
  return undefined;
}

/** Composed alike, whatever keyboard it was typed on. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

function deriveKey(password: string, salt: Uint8Array, { n, r, p }: ScryptCost): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * n * r };
    scrypt(password, salt, keyLength, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function written({ n, r, p }: ScryptCost, salt: Uint8Array, key: Uint8Array): string {
  return ["scrypt", n, r, p, base64(salt), base64(key)].join("$");
}

function read(
  text: string,
): { readonly cost: ScryptCost; readonly salt: Uint8Array; readonly key: Uint8Array } | undefined {
  const [kind, n, r, p, salt, key] = text.split("$");
  if (kind !== "scrypt" || salt === undefined || key === undefined) return undefined;
  const octets = Buffer.from(key, "base64url");
  if (octets.length !== keyLength) return undefined;
  return { cost: { n: Number(n), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, "base64url"), key: octets };
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}

function never(): never {
  throw new Error("a hash that we wrote can be read");
}
