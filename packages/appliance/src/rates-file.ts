/** The prices that `policy.rates` names: read with the configuration, and part of what a reload compares. */
import { resolve } from "node:path";
import { type Config, loadRates, type Rates } from "@ringfence/policy";
import { ConfigError } from "./failures.ts";
import { readNamedFile } from "./named-file.ts";

export interface RatesFile {
  readonly rates: Rates;
  /** For the digest of a configuration. */
  readonly text: string;
}

/** A full list of a carrier has some hundred thousand lines. */
const largestFile = 33_554_432;

/**
 * Undefined when the configuration uses none.
 * @throws ConfigError with the problems of the file, by line; RingfenceError `rates-unreadable`
 */
export function readRates({ policy }: Config, dir: string): RatesFile | undefined {
  const name = policy.ratesFile;
  if (name === undefined) return undefined;
  const path = resolve(dir, name);
  const text = readNamedFile({ key: "policy.rates", code: "rates-unreadable", name, path, largest: largestFile });
  const loaded = loadRates(text);
  if (!loaded.ok) throw new ConfigError(name, loaded.issues);
  return { rates: loaded.rates, text };
}
