import type { StoredBan } from "./port.ts";

const kinds: readonly string[] = ["source", "suspect", "account"] satisfies readonly StoredBan["kind"][];
/** Names of accounts are cut at 64. */
const longest = 64;

/** A row as it was written, or undefined: half a row bans nobody. */
export function readBan(value: unknown): StoredBan | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const row: Readonly<Record<string, unknown>> = { ...value };
  const whole =
    kinds.includes(String(row["kind"])) &&
    [row["label"], row["reason"]].every((text) => typeof text === "string" && text.length <= longest) &&
    [row["since"], row["until"], row["times"]].every((number) => Number.isSafeInteger(number));
  return whole ? (row as unknown as StoredBan) : undefined;
}
