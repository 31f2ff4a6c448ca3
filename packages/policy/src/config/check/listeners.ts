import { canonicalIp, isLoopback, isWildcard } from "../../address.ts";
import type { Config, ListenTransport, LocalEndpoint } from "../config.ts";
import { usesTls } from "../listen.ts";
import type { Finding, PathStep } from "../yaml-document.ts";

/** Something that will be bound. UDP and TCP ports are two worlds; TLS and WebSocket are TCP. */
export interface Bound extends LocalEndpoint {
  readonly protocol: "udp" | "tcp";
  readonly path: readonly PathStep[];
  readonly what: string;
  /** Of a trunk with an interface of its own. */
  readonly bound?: boolean;
}

function protocolOf(transport: ListenTransport): "udp" | "tcp" {
  return transport === "udp" ? "udp" : "tcp";
}

/** Everything that takes a port of its own, in the order of the file. Defaults count: they collide as well as what is written. */
export function boundPorts(config: Partial<Config>): readonly Bound[] {
  const bound: Bound[] = (config.phones?.listen ?? []).map((listener, index) => ({
    address: listener.address,
    port: listener.port,
    protocol: protocolOf(listener.transport),
    path: ["phones", "listen", index],
    what: "a listener",
  }));
  bound.push(...trunkListeners(config));
  const protocol = protocolOf(config.pbx?.transport ?? "udp");
  const core = config.core;
  if (core !== undefined) {
    const phones = core.phonesFrom ?? { address: "0.0.0.0", port: 5070 };
    const trunks = core.trunksFrom ?? { address: "0.0.0.0", port: 5080 };
    bound.push({ ...phones, protocol, path: ["core", "phones_from"], what: "the PBX side for phones" });
    bound.push({ ...trunks, protocol, path: ["core", "trunks_from"], what: "the PBX side for trunks" });
  }
  const metrics = config.metrics?.listen;
  if (metrics !== undefined) {
    bound.push({ ...metrics, protocol: "tcp", path: ["metrics", "listen"], what: "metrics" });
  }
  const admin = config.admin?.listen;
  if (admin !== undefined) {
    bound.push({ ...admin, protocol: "tcp", path: ["admin", "listen"], what: "console and API" });
  }
  return bound;
}

/** Trunks may share a listener, so each is taken once. */
function trunkListeners({ trunks = [] }: Partial<Config>): readonly Bound[] {
  const seen = new Map<string, Bound>();
  for (const [index, { listen, interface: name }] of trunks.entries()) {
    for (const [at, { transport, address, port }] of listen.entries()) {
      const key = `${transport} ${address} ${port}`;
      const path = ["trunks", index, "listen", at];
      const made = { address, port, protocol: protocolOf(transport), path, what: "trunks", bound: name !== undefined };
      if (!seen.has(key)) seen.set(key, made);
    }
  }
  return [...seen.values()];
}

function collide(a: Bound, b: Bound): boolean {
  if (a.port !== b.port || a.port === 0 || a.protocol !== b.protocol) return false;
  if (givesWay(a, b) || givesWay(b, a)) return false;
  // Sockets on IPv6 are for IPv6 alone: `::` and 0.0.0.0 are two worlds.
  if (isWildcard(a.address) || isWildcard(b.address)) return a.address.includes(":") === b.address.includes(":");
  return canonicalIp(a.address) === canonicalIp(b.address);
}

/** A listener on every address leaves out those of sockets towards the PBX, and of a trunk's own interface: all may share 5060. */
function givesWay(listener: Bound, other: Bound): boolean {
  const everywhere = listener.path[0] === "phones" && isWildcard(listener.address);
  return everywhere && (other.path[0] === "core" || other.bound === true) && !isWildcard(other.address);
}

export function checkPorts(config: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  const bound = boundPorts(config);
  for (const [index, later] of bound.entries()) {
    for (const earlier of bound.slice(0, index)) {
      // Phones and trunks towards the PBX have a finding of their own, which says why it matters.
      if (!collide(earlier, later) || (earlier.path[0] === "core" && later.path[0] === "core")) continue;
      const twice = earlier.path[0] === "phones" && later.path[0] === "phones";
      found.push({
        code: twice ? "duplicate-listener" : "port-conflict",
        severity: "error",
        path: later.path,
        message: `${later.what} would use ${later.protocol} port ${later.port}, which ${earlier.what} uses`,
        remedy: "give one of them another address or port",
      });
    }
  }
  return found;
}

export function checkListeners({ phones, certificates }: Partial<Config>): readonly Finding[] {
  const found: Finding[] = [];
  for (const [index, listener] of (phones?.listen ?? []).entries()) {
    const path = ["phones", "listen", index];
    const name = listener.certificate;
    if (usesTls(listener.transport) && name === undefined) {
      found.push({
        code: "certificate-self-signed",
        severity: "warning",
        path,
        message: `the ${listener.transport.toUpperCase()} listener on port ${listener.port} has no certificate, so Ringfence signs one that phones do not know`,
        remedy: "add one under `certificates` and name it here",
      });
    } else if (name !== undefined && certificates !== undefined && !certificates.has(name)) {
      found.push({
        code: "certificate-unknown",
        severity: "error",
        path: [...path, "certificate"],
        message: `\`certificates\` has no \`${name}\``,
        remedy: certificates.size > 0 ? `known: ${[...certificates.keys()].join(", ")}` : "add it under `certificates`",
      });
    } else if (name !== undefined && !usesTls(listener.transport)) {
      found.push({
        code: "certificate-unused",
        severity: "warning",
        path: [...path, "certificate"],
        message: `a ${listener.transport} listener does not encrypt, so the certificate does nothing`,
        remedy: "use transport: tls or wss, or remove the certificate",
      });
    }
  }
  return found;
}

export function checkMetrics({ metrics }: Partial<Config>): readonly Finding[] {
  if (metrics === undefined || isLoopback(metrics.listen.address)) return [];
  return [
    {
      code: "metrics-exposed",
      severity: "warning",
      path: ["metrics", "listen"],
      message: "metrics have no password and listen on an address that others can reach",
      remedy: "use 127.0.0.1, or let a packet filter admit nobody but the collector",
    },
  ];
}
