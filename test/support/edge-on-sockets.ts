/** A whole edge on loopback sockets, a PBX that registers everybody, and the small phones that talk to them. */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import {
  type ConnectionDeadlines,
  type EdgeCount,
  type EdgeEvent,
  type EdgeHandle,
  type MediaPort,
  startEdge,
} from "@ringfence/edge";
import { compile, loadConfig } from "@ringfence/policy";
import { selfSigned, type TlsIdentity } from "../pbx/tls-identity.ts";
import { freePort } from "./free-port.ts";

const media: MediaPort = {
  offer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  answer: async (_call, _from, sdp) => ({ ok: true, sdp }),
  rollback() {},
  close() {},
};

let made: TlsIdentity | undefined;
/** Made once a test file: an RSA key takes a moment. */
function identity(): TlsIdentity {
  made ??= selfSigned(["127.0.0.1"]);
  return made;
}

export interface EdgeOnSockets {
  readonly edge: EdgeHandle;
  readonly pbx: UdpSocket;
  readonly counts: readonly EdgeCount[];
  readonly events: readonly EdgeEvent[];
  /** How many connections ended so. */
  closed(reason: string): number;
  /** What the PBX got, oldest first. */
  readonly atPbx: string[];
  apply(config: string, tls?: TlsIdentity): Promise<void>;
}

export interface EdgeWanted {
  /** Entries of `phones.listen`, as in the file. */
  readonly listen: string;
  /** More of `phones`, beginning with a comma. */
  readonly phones?: string;
  /** More of the file. */
  readonly more?: string;
  readonly deadlines?: ConnectionDeadlines;
  /** Where the PBX and our sockets towards it are; 127.0.0.1. */
  readonly host?: string;
  readonly media?: MediaPort;
  /** Another PBX than the scripted one. */
  readonly pbxPort?: number;
  /** What the PBX says to other requests than REGISTER; undefined: nothing. */
  readonly answer?: (request: string) => string | undefined;
}

/** The headers of a request that its answer repeats. */
export function answerTo(request: string, status: string, extra: readonly string[] = [], body = ""): string {
  const copied = request.split("\r\n").filter((l) => ["Via", "From", "To", "Call-ID", "CSeq"].includes(nameOf(l)));
  const tagged = copied.map((l) => (nameOf(l) === "To" && !l.includes(";tag=") ? `${l};tag=callee` : l));
  return [`SIP/2.0 ${status}`, ...tagged, ...extra, `Content-Length: ${body.length}`, "", body].join("\r\n");
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf(":")));
}

export async function edgeOnSockets(wanted: EdgeWanted, cleanup: (() => unknown)[]): Promise<EdgeOnSockets> {
  const host = wanted.host ?? "127.0.0.1";
  const shown = host.includes(":") ? `[${host}]` : host;
  const pbx = createSocket(host.includes(":") ? "udp6" : "udp4").bind(0, host);
  await once(pbx, "listening");
  cleanup.push(() => pbx.close());
  const core = await freePort(host);
  const atPbx: string[] = [];
  pbx.on("message", (bytes, from) => {
    const request = bytes.toString("latin1");
    atPbx.push(request);
    const said = request.startsWith("REGISTER")
      ? answerTo(request, "200 OK", ["Expires: 60"])
      : wanted.answer?.(request);
    if (said !== undefined) pbx.send(said, from.port, from.address);
  });
  const read = (listen: string) => {
    const loaded = loadConfig(`
pbx: { address: "${shown}:${wanted.pbxPort ?? pbx.address().port}", transport: udp }
phones: { domains: [pbx.example.com], listen: [${listen}], media: { srtp: optional }${wanted.phones ?? ""} }
core: { phones_from: "${shown}:${core}" }
${wanted.more ?? ""}`);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    return { config: loaded.config, policy: compile(loaded.config, { localAddresses: [host] }) };
  };
  const counts: EdgeCount[] = [];
  const events: EdgeEvent[] = [];
  const { config, policy } = read(wanted.listen);
  const edge = await startEdge({
    settings: { config, tls: () => identity() },
    policy,
    media: wanted.media ?? media,
    onEvent: (event) => void events.push(event),
    onCount: (count) => void counts.push(count),
    ...(wanted.deadlines === undefined ? {} : { deadlines: wanted.deadlines }),
  });
  cleanup.push(() => edge.stop());
  return {
    edge,
    pbx,
    counts,
    events,
    atPbx,
    closed: (reason) => counts.filter((c) => c.name === "connections_closed" && c.reason === reason).length,
    async apply(listen, tls) {
      const next = read(listen);
      await edge.apply({ config: next.config, tls: () => tls ?? identity() }, next.policy);
    },
  };
}

/** A REGISTER or OPTIONS of account 1001 as a phone of that transport writes it. */
export function phoneRequest(
  method: "REGISTER" | "OPTIONS",
  transport: string,
  id: string,
  extra: readonly string[] = [],
): string {
  return [
    `${method} sip:pbx.example.com SIP/2.0`,
    `Via: SIP/2.0/${transport} df7jal23ls0d.invalid;branch=z9hG4bK${id};rport`,
    "Max-Forwards: 70",
    `From: <sip:1001@pbx.example.com>;tag=${id}`,
    method === "REGISTER" ? "To: <sip:1001@pbx.example.com>" : "To: <sip:pbx.example.com>",
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    ...(method === "REGISTER" ? [`Contact: <sip:1001@xyz.invalid;transport=${transport.toLowerCase()}>`] : []),
    "User-Agent: a phone with a name that is long enough for an answer at full length",
    ...extra,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
