import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { defaultKnobs, type Knobs, setKnob } from "./knobs.ts";
import type { PortRange } from "./media-port.ts";
import type { PbxOptions } from "./pbx.ts";
import { readCount } from "./sip-message.ts";
import type { Listen } from "./transport.ts";

export const usage = `usage: main.ts --listen TRANSPORT:ADDRESS:PORT [--listen ...] --accounts FILE --rtp ADDRESS:FIRST-LAST
  --knob NAME=VALUE    set a knob (see --knobs), may be repeated
  --knobs              print the knobs and end
  --accept ADDRESS     white list: never banned, may be repeated
  --reject ADDRESS     black list: dropped silently, may be repeated
  --advertise ADDRESS  address written into SIP when bound to a wildcard
  --cert FILE --key FILE  PEM for TLS; self-signed without
  --control            read JSON commands from standard input, one a line
  --die-with-parent    end when standard input or the IPC channel closes`;

export interface CommandLine {
  readonly options: PbxOptions;
  readonly control: boolean;
  readonly dieWithParent: boolean;
}

export type Parsed =
  | { readonly kind: "run"; readonly line: CommandLine }
  | { readonly kind: "knobs" }
  | { readonly kind: "wrong"; readonly why: string };

const wrong = (why: string): Parsed => ({ kind: "wrong", why });

function readListen(text: string): Listen | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  const transport = text.slice(0, first);
  const address = text.slice(first + 1, last);
  const host = address.startsWith("[") ? address.slice(1, -1) : address;
  const port = readCount(text.slice(last + 1));
  if (transport !== "udp" && transport !== "tcp" && transport !== "tls") return undefined;
  return port === undefined || port > 65_535 || isIP(host) === 0 ? undefined : { transport, address: host, port };
}

function readRange(text: string): PortRange | undefined {
  const colon = text.lastIndexOf(":");
  const [first, last] = text
    .slice(colon + 1)
    .split("-")
    .map(readCount);
  const address = text.slice(0, colon);
  if (first === undefined || last === undefined || isIP(address) === 0) return undefined;
  return first < last && last <= 65_535 ? { address, first, last } : undefined;
}

const valued = ["--listen", "--accounts", "--rtp", "--knob", "--accept", "--reject", "--advertise", "--cert", "--key"];
const bare = ["--knobs", "--control", "--die-with-parent"];

function collect(args: readonly string[]): Map<string, string[]> | string {
  const found = new Map<string, string[]>();
  for (let i = 0; i < args.length; i += 1) {
    const name = args[i] ?? "";
    if (bare.includes(name)) found.set(name, []);
    else if (!valued.includes(name)) return `unknown option ${name}`;
    else {
      i += 1;
      const value = args[i];
      if (value === undefined) return `${name} needs a value`;
      found.set(name, [...(found.get(name) ?? []), value]);
    }
  }
  return found;
}

export function parseCommandLine(args: readonly string[]): Parsed {
  const found = collect(args);
  if (typeof found === "string") return wrong(found);
  if (found.has("--knobs")) return { kind: "knobs" };
  const all = (name: string): readonly string[] => found.get(name) ?? [];
  const one = (name: string): string | undefined => found.get(name)?.at(-1);
  const listen = all("--listen").flatMap((text) => readListen(text) ?? []);
  if (listen.length === 0 || listen.length < all("--listen").length) return wrong("--listen TRANSPORT:ADDRESS:PORT");
  const rtp = readRange(one("--rtp") ?? "");
  if (rtp === undefined) return wrong("--rtp ADDRESS:FIRST-LAST");
  const knobs = readKnobs(all("--knob"));
  if (typeof knobs === "string") return wrong(knobs);
  const file = one("--accounts");
  if (file === undefined) return wrong("--accounts FILE");
  const data = readAccounts(file, all("--accept"), all("--reject"));
  if (typeof data === "string") return wrong(data);
  const [cert, key, advertise] = [one("--cert"), one("--key"), one("--advertise")];
  const tls =
    cert !== undefined && key !== undefined
      ? { tls: { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") } }
      : {};
  const options = { listen, rtp, knobs, data, ...tls, ...(advertise === undefined ? {} : { advertise }) };
  return {
    kind: "run",
    line: { options, control: found.has("--control"), dieWithParent: found.has("--die-with-parent") },
  };
}

function readKnobs(pairs: readonly string[]): Knobs | string {
  const knobs = defaultKnobs();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const why = setKnob(knobs, pair.slice(0, equals), pair.slice(equals + 1));
    if (why !== undefined) return `--knob ${pair}: ${why}`;
  }
  return knobs;
}

function readAccounts(file: string, accept: readonly string[], reject: readonly string[]): object | string {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return `${file}: must be an object`;
    const lists = value as { accept?: readonly string[]; reject?: readonly string[] };
    return { ...value, accept: [...(lists.accept ?? []), ...accept], reject: [...(lists.reject ?? []), ...reject] };
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
