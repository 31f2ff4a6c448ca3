import type { Config } from "./config/config.ts";
import { formatDuration } from "./config/duration.ts";

/** What a reload changes, one sentence each, for the log. Empty: nothing. Secrets are only ever said to have changed. */
export function diffConfigs(before: Config, after: Config): readonly string[] {
  const old = flatten(before);
  const now = flatten(after);
  const changes: string[] = [];
  for (const [path, value] of old) {
    const next = now.get(path);
    if (next === undefined) changes.push(`${path}: ${shown(path, value)} removed`);
    else if (next !== value) changes.push(isSecret(path) ? `${path} changed` : `${path}: ${value} -> ${next}`);
  }
  for (const [path, value] of now) if (!old.has(path)) changes.push(`${path}: ${shown(path, value)} added`);
  return changes;
}

/** Even where a key is kept is nobody's business in a log. */
function isSecret(path: string): boolean {
  return (
    (path.startsWith("certificates.") && path.endsWith(".key")) ||
    path.endsWith(".credentials.password") ||
    path.endsWith(".credentials.previous.source") ||
    path === "policy.fraud_service.secret" ||
    (path.startsWith("alerts[") && (path.endsWith(".webhook.secret") || path.endsWith(".email.password")))
  );
}

function shown(path: string, value: string): string {
  return isSecret(path) ? "(secret)" : value;
}

function flatten(config: Config): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const [section, value] of Object.entries(config)) add(lines, section, value);
  return lines;
}

/** Lists are sets here: an entry is named by what it is, so that moving one is no change and removing one is one line. */
function add(lines: Map<string, string>, path: string, value: unknown): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const entry of value) add(lines, `${path}[${nameOf(entry)}]`, entry);
  } else if (value instanceof Map) {
    for (const [name, entry] of value) add(lines, `${path}.${name}`, entry);
  } else if (isWhole(value)) {
    lines.set(path, wholeText(value));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) add(lines, `${path}.${writtenKey(key)}`, inUnits(key, entry));
  } else {
    lines.set(path, String(value));
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Objects that are one value to a reader: an address, a block, a secret, a port range. */
function isWhole(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false;
  if ("text" in value || ("kind" in value && ("path" in value || "name" in value))) return true;
  const keys = Object.keys(value).sort().join();
  return ["first,last", "address,port", "address,port,weight", "host,port"].includes(keys);
}

function wholeText(value: Fields): string {
  if ("text" in value) return String(value.text);
  if ("first" in value) return `${value.first}-${value.last}`;
  if ("host" in value) return `${value.host} port ${value.port}`;
  if ("weight" in value) return `${value.address} port ${value.port} weight ${value.weight}`;
  if ("address" in value) return `${value.address} port ${value.port}`;
  return `${value.kind} ${value.path ?? value.name}`;
}

function nameOf(entry: unknown): string {
  if (isWhole(entry)) return wholeText(entry);
  if (typeof entry !== "object" || entry === null) return String(entry);
  if ("name" in entry) return String(entry.name);
  const { transport, address, host, port } = entry as Fields;
  return `${transport} ${address ?? host} port ${port}`;
}

/** `callDurationMs` back to the `call_duration` of the file. */
function writtenKey(key: string): string {
  let text = "";
  for (const character of key.endsWith("Ms") ? key.slice(0, -2) : key) {
    const lower = character.toLowerCase();
    text += lower === character ? character : `_${lower}`;
  }
  return text;
}

function inUnits(key: string, value: unknown): unknown {
  return key.endsWith("Ms") && typeof value === "number" ? formatDuration(value) : value;
}
