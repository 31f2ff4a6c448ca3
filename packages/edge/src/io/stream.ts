/** Listening for TCP, TLS and WebSocket, and connecting to configured peers on demand. */
import { connect, createServer, isIP, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  rootCertificates,
  type TLSSocket,
  type Server as TlsServer,
  connect as tlsConnect,
} from "node:tls";
import type { Endpoint, Flow } from "../flow.ts";
import { plainPeerTls } from "../peer-tls.ts";
import { type CertificatePair, contextOptions, serverTlsOptions } from "../tls-context.ts";
import { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { listenError } from "./listen-error.ts";
import type { Listener, Receiver } from "./listener.ts";
import { callerFault, peerTlsOptions, pinFault } from "./peer-check.ts";
import { serveStream } from "./stream-channel.ts";
import { webSocketAcceptor } from "./websocket.ts";

export interface StreamListener extends Listener {
  /** A renewed certificate: open connections go on, new handshakes get the new one. */
  renew(pair: CertificatePair): void;
}

/** Connections the kernel holds for us: after a restart every phone comes back at once. It gives what `somaxconn` allows. */
const BACKLOG = 4_096;

export function openStream(
  endpoint: Endpoint,
  pair: CertificatePair | undefined,
  table: ConnectionTable,
  receiver: Receiver,
): Promise<StreamListener> {
  let current = endpoint;
  const trouble = (level: "warn" | "debug", detail: string): void => receiver.trouble(current, level, detail);
  const serve = isWebSocket(endpoint)
    ? webSocketAcceptor(
        () => current.origins ?? [],
        (detail) => trouble("warn", detail),
      ).accept
    : (socket: Socket, connection: Connection): void => {
        serveStream(socket, connection);
        connection.ready();
      };
  const tls = pair === undefined ? undefined : new TlsAcceptor(pair, () => authoritiesOf(current), serve, trouble);
  // Sources are counted before the handshake: a handshake is what costs.
  const server = createServer((socket) => {
    const connection = admit(current, socket, table, receiver);
    if (connection === undefined) return;
    if (tls === undefined && connection.flow.mustShow !== undefined) {
      trouble("warn", `connection from ${placeOf(socket)}: a certificate is required, and there is no TLS`);
      socket.destroy();
    } else if (tls === undefined) serve(socket, connection);
    else tls.accept(socket, connection);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(endpoint, cause)));
    const { address, port } = endpoint.local;
    const options = { host: address, port, ipv6Only: isIP(address) === 6, exclusive: true, backlog: BACKLOG };
    server.listen(options, () => {
      server.removeAllListeners("error");
      server.on("error", (cause) => trouble("warn", cause.message));
      resolve({
        get endpoint() {
          return current;
        },
        update(next) {
          current = next;
        },
        renew: (next) => tls?.renew(next),
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

/** Of carriers that must show a certificate here. */
function authoritiesOf({ clientAuthorities }: Endpoint): readonly string[] | undefined {
  return clientAuthorities?.flatMap((who) => (who === "system" ? rootCertificates : who));
}

function isWebSocket({ transport }: Endpoint): boolean {
  return transport === "ws" || transport === "wss";
}

/** TLS on sockets that were admitted already. */
class TlsAcceptor {
  readonly #server: TlsServer;
  /** Connections in their handshake by address and port of the peer, which the two sockets of one connection share. */
  readonly #waiting = new Map<string, Connection>();
  readonly #authorities: () => readonly string[] | undefined;

  constructor(
    pair: CertificatePair,
    authorities: () => readonly string[] | undefined,
    serve: (socket: Socket, connection: Connection) => void,
    trouble: (level: "warn" | "debug", detail: string) => void,
  ) {
    this.#authorities = authorities;
    this.#server = createTlsServer(serverTlsOptions(pair, authorities()), (socket) => {
      const place = placeOf(socket);
      const connection = this.#waiting.get(place);
      this.#waiting.delete(place);
      const fault = connection === undefined ? undefined : faultOf(connection.flow, socket);
      if (fault !== undefined) trouble("warn", `connection from ${place}: ${fault}`);
      if (connection === undefined || fault !== undefined) socket.destroy();
      else serve(socket, connection);
    });
    // A failed handshake is the peer's matter: it is counted, and its socket is gone already.
    this.#server.on("tlsClientError", (cause: Error) => trouble("debug", `tls handshake: ${cause.message}`));
  }

  accept(socket: Socket, connection: Connection): void {
    const place = placeOf(socket);
    this.#waiting.set(place, connection);
    socket.on("close", () => {
      // The peer may have used its port again before we heard that the first connection is gone.
      if (this.#waiting.get(place) === connection) this.#waiting.delete(place);
    });
    this.#server.emit("connection", socket);
  }

  renew(pair: CertificatePair): void {
    this.#server.setSecureContext(contextOptions(pair, this.#authorities()));
  }
}

/** Threat L9: what a carrier that came to us does not show, or shows wrongly. */
function faultOf({ mustShow }: Flow, socket: TLSSocket): string | undefined {
  return mustShow && callerFault(mustShow.tls, mustShow.hosts, socket);
}

function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}

function admit(endpoint: Endpoint, socket: Socket, table: ConnectionTable, receiver: Receiver): Connection | undefined {
  const { remoteAddress: address, remotePort: port } = socket;
  socket.on("error", () => {});
  const flow =
    address === undefined || port === undefined
      ? undefined
      : receiver.admit(endpoint, { address, port }, table.nextId(endpoint.id));
  const refusal =
    flow === undefined
      ? undefined
      : table.refusal(flow.packetSource.address, receiver.allowance(endpoint, flow.packetSource.address));
  if (flow === undefined || refusal !== undefined) {
    if (refusal !== undefined) receiver.closed(refusal);
    socket.destroy();
    return undefined;
  }
  return enter(flow, socket, table, receiver);
}

/** The kernel asks a silent peer from then on whether it is still there, in ms. */
const PROBE_AFTER = 60_000;

function enter(flow: Flow, socket: Socket, table: ConnectionTable, receiver: Receiver): Connection {
  const connection = new Connection(flow, receiver, () => socket.destroy());
  table.add(connection);
  socket.setKeepAlive(true, PROBE_AFTER);
  socket.on("close", () => {
    table.delete(connection);
    connection.closed();
  });
  return connection;
}

/**
 * Opens the connection of an outbound flow; what is written meanwhile waits, with TLS until the peer has shown who it is.
 * @param own the certificate to show to the peer, when one is configured
 */
export function openOutbound(
  flow: Flow,
  table: ConnectionTable,
  receiver: Receiver,
  own: CertificatePair | undefined,
): Connection {
  const { address, port } = flow.packetSource;
  const to = { host: address, port, localAddress: flow.endpoint.local.address };
  const tls = flow.connectTo?.tls ?? plainPeerTls;
  const name = flow.connectTo?.serverName ?? address;
  const trouble = (why: string): void =>
    receiver.trouble(flow.endpoint, "warn", `connecting to ${address}:${port}: ${why}`);
  const secure = flow.transport === "tls" ? tlsConnect({ ...to, ...peerTlsOptions(tls, name, own) }) : undefined;
  const socket = secure ?? connect(to);
  const connection = enter(flow, socket, table, receiver);
  if (secure !== undefined) connection.hold();
  socket.once(secure === undefined ? "connect" : "secureConnect", () => {
    const fault = secure === undefined ? undefined : pinFault(tls, secure.getPeerX509Certificate());
    if (fault !== undefined) {
      trouble(fault);
      socket.destroy();
      return;
    }
    connection.ready();
    connection.release();
  });
  socket.on("error", (cause) => trouble(cause.message));
  serveStream(socket, connection);
  return connection;
}
