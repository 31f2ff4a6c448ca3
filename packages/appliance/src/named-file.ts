/** A file that the configuration names: read with it, and part of what a reload compares. */
import { readFileSync, statSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";

export interface NamedFile {
  /** The key that names it. */
  readonly key: string;
  readonly code: "accounts-unreadable" | "rates-unreadable";
  /** As configured. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** In octets: more is not read, whatever it is. */
  readonly largest: number;
}

/** @throws RingfenceError with the code */
export function readNamedFile({ key, code, name, path, largest }: NamedFile): string {
  const unreadable = (what: string, remedy: string): RingfenceError =>
    new RingfenceError(code, `${key}: ${name} ${what}`, remedy);
  try {
    if (statSync(path).size <= largest) return readFileSync(path, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    throw unreadable(why, "Check the path and its permissions.");
  }
  throw unreadable("is larger than any such file", "Name another one.");
}
