import type { StoredRegistration } from "./port.ts";

const texts = ["token", "aor", "user", "domain", "shownDomain", "contactUri", "callId", "endpoint", "address"] as const;
const numbers = ["cseq", "port", "pbxUntil", "confirmedAt", "provenAt"] as const;

/** A row as it was written, or undefined: half a row is no registration. */
export function readRegistration(data: unknown): StoredRegistration | undefined {
  const row = parsed(data);
  if (row === undefined) return undefined;
  const whole =
    texts.every((name) => typeof row[name] === "string") &&
    numbers.every((name) => typeof row[name] === "number" && Number.isFinite(row[name])) &&
    (row["ice"] === undefined || typeof row["ice"] === "boolean");
  return whole ? (row as unknown as StoredRegistration) : undefined;
}

function parsed(data: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
