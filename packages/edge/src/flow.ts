/** Where a message came from and where an answer goes: the socket's own facts, nothing a peer wrote. */
import type { Side, Transport } from "@ringfence/policy";
import type { FlowRef, Framing } from "@ringfence/sip";
import type { PeerTls } from "./peer-tls.ts";

export interface HostPort {
  readonly address: string;
  readonly port: number;
}

/**
 * What a local socket is for. The PBX trusts trunks by address, so phone traffic and trunk traffic
 * reach it from different sockets (pbx.md finding 2), and what arrives on one is judged as that side only.
 */
export type Role = "access" | "trunks" | "core-phones" | "core-trunks";

/** Sockets that strangers can reach. `trunks`: those where only carriers are heard. */
export function isOutside(role: Role): boolean {
  return role === "access" || role === "trunks";
}

/** How a carrier is served over TLS; its address tells that it is one before the handshake begins. */
export interface EndpointPeer {
  readonly trunk: string;
  readonly tls: PeerTls;
  /** Name of the certificate that it is shown. */
  readonly certificate: string | undefined;
}

/** A local socket: listening, and the origin of what we send. */
export interface Endpoint {
  readonly id: string;
  readonly role: Role;
  readonly transport: Transport;
  readonly local: HostPort;
  /** What we write in Via and Contact: the public address behind a 1:1 NAT, else the socket's own. */
  readonly advertised: HostPort;
  /** Name of the configured certificate; undefined is the self-signed one. */
  readonly certificate?: string | undefined;
  /** Web origins that may open a WebSocket here. */
  readonly origins?: readonly string[] | undefined;
  /** Carriers with terms of their own on this socket. */
  readonly peers?: readonly EndpointPeer[] | undefined;
}

/** A flow in the sense of RFC 5626: one transport association with one peer. Plain data. */
export interface Flow extends FlowRef {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly side: Side;
  /** Name of the trunk whose configured addresses the source is one of. */
  readonly trunk?: string | undefined;
  /** What who opened this connection must show before it is heard; `hosts` are the trunk's names. */
  readonly mustShow?: { readonly tls: PeerTls; readonly hosts: readonly string[] } | undefined;
  /** Set on flows that we open: the name a TLS certificate of the peer must carry, and what else is asked of it. */
  readonly connectTo?:
    | {
        readonly serverName: string;
        readonly tls?: PeerTls | undefined;
        /** No connection by then is none. Undefined: as long as a handshake may take. */
        readonly withinMs?: number | undefined;
      }
    | undefined;
}

/** What marks the end of a message on this flow: RFC 7118 §5.1 makes it the frame, and Content-Length optional. */
export function framingOf({ reliable, transport }: Flow): Framing {
  if (transport === "ws" || transport === "wss") return "frame";
  return reliable ? "stream" : "datagram";
}

/** The flow of a datagram or of an outgoing request over UDP. The id is the address pair, so both directions agree. */
export function datagramFlow(endpoint: Endpoint, remote: HostPort, side: Side, trunk?: string): Flow {
  return {
    id: `${endpoint.id}|${remote.address}|${remote.port}`,
    reliable: false,
    packetSource: remote,
    endpoint,
    transport: endpoint.transport,
    side,
    trunk,
  };
}

/** The flow of a connection that we open on demand towards a configured peer; it has one id over reconnects. */
export function outboundFlow(
  endpoint: Endpoint,
  remote: HostPort,
  side: Side,
  serverName: string,
  trunk?: string,
  tls?: PeerTls,
): Flow {
  return {
    // Two trunks that lead to one place have a connection each: what one accepts as its carrier the other may not.
    id: `${endpoint.id}>${remote.address}|${remote.port}${trunk === undefined ? "" : `|${trunk}`}`,
    reliable: true,
    packetSource: remote,
    endpoint,
    transport: endpoint.transport,
    side,
    trunk,
    connectTo: { serverName, tls },
  };
}
