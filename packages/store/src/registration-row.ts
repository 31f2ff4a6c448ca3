import type { StoredRegistration } from "./port.ts";

const texts = ["token", "aor", "user", "domain", "shownDomain", "contactUri", "callId", "endpoint", "address"] as const;
const numbers = ["cseq", "port", "pbxUntil", "confirmedAt", "provenAt"] as const;

/** A row as it was written, or undefined: half a row is no registration. */
export function readRegistration(value: unknown): StoredRegistration | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const row: Readonly<Record<string, unknown>> = { ...value };
  const whole =
    texts.every((name) => typeof row[name] === "string") &&
    numbers.every((name) => typeof row[name] === "number" && Number.isFinite(row[name])) &&
    (row["ice"] === undefined || typeof row["ice"] === "boolean");
  return whole ? (row as unknown as StoredRegistration) : undefined;
}
