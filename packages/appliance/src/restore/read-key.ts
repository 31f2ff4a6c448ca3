/** The private keys in a file of age-keygen: lines that begin with AGE-SECRET-KEY-; others are remarks. */
import { readFileSync, statSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";

const largest = 65_536;

/** @throws RingfenceError `usage` */
export function readKeys(path: string): readonly string[] {
  const remedy = "Name the file that age-keygen wrote: it has a line that begins with AGE-SECRET-KEY-.";
  let text: string;
  try {
    if (statSync(path).size > largest) throw new Error("it is too large");
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "it is too large";
    throw new RingfenceError("usage", `--key ${path} cannot be read (${why})`, remedy);
  }
  const keys = text.split("\n").flatMap((line) => (line.startsWith("AGE-SECRET-KEY-") ? [line.trim()] : []));
  if (keys.length === 0) throw new RingfenceError("usage", `--key ${path} holds no private key of age`, remedy);
  return keys;
}
