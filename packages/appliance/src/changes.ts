/** What is different between two configurations with everything they name, as lines for a person and the log. */
import { diffConfigs } from "@ringfence/policy";
import type { Loaded } from "./loading.ts";
import { cleanText } from "./logs/clean-text.ts";

/** More changes than this are counted, not listed: they are also one line of the log. */
const mostListed = 50;

export function changesBetween(before: Loaded, next: Loaded): readonly string[] {
  const changes = listed(diffConfigs(before.file.config, next.file.config));
  const certificates = next.certificates.digest === before.certificates.digest ? [] : ["certificates: new files"];
  const accounts = next.accounts === before.accounts ? [] : ["phones.accounts: read again"];
  const rates = next.rates?.text === before.rates?.text ? [] : ["policy.rates: read again"];
  const lines = [...changes, ...certificates, ...accounts, ...rates];
  return lines.length === 0 ? ["nothing but the way the file is written"] : lines;
}

function listed(changes: readonly string[]): readonly string[] {
  const lines = changes.slice(0, mostListed).map((change) => cleanText(change, 200));
  return lines.length === changes.length ? lines : [...lines, `and ${changes.length - lines.length} more`];
}
