/** Listening for TCP, TLS and WebSocket, and connecting to configured peers on demand. */
import { connect, createServer, isIP, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, connect as tlsConnect } from "node:tls";
import type { Endpoint, Flow } from "../flow.ts";
import { type CertificatePair, clientTlsOptions, contextOptions, serverTlsOptions } from "../tls-context.ts";
import { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { listenError } from "./listen-error.ts";
import type { Listener, Receiver } from "./listener.ts";
import { serveStream } from "./stream-channel.ts";
import { webSocketAcceptor } from "./websocket.ts";

export interface StreamListener extends Listener {
  /** A renewed certificate: open connections go on, new handshakes get the new one. */
  renew(pair: CertificatePair): void;
}

export function openStream(
  endpoint: Endpoint,
  pair: CertificatePair | undefined,
  table: ConnectionTable,
  receiver: Receiver,
): Promise<StreamListener> {
  let current = endpoint;
  const serve = isWebSocket(endpoint)
    ? webSocketAcceptor(() => current.origins ?? []).accept
    : (socket: Socket, connection: Connection): void => {
        serveStream(socket, connection);
        connection.ready();
      };
  const tls = pair === undefined ? undefined : new TlsAcceptor(pair, serve, (detail) => trouble("debug", detail));
  const trouble = (level: "warn" | "debug", detail: string): void => receiver.trouble(current, level, detail);
  // Sources are counted before the handshake: a handshake is what costs.
  const server = createServer((socket) => {
    const connection = admit(current, socket, table, receiver);
    if (connection === undefined) return;
    if (tls === undefined) serve(socket, connection);
    else tls.accept(socket, connection);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(endpoint, cause)));
    const { address, port } = endpoint.local;
    server.listen({ host: address, port, ipv6Only: isIP(address) === 6, exclusive: true }, () => {
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

function isWebSocket({ transport }: Endpoint): boolean {
  return transport === "ws" || transport === "wss";
}

/** TLS on sockets that were admitted already. */
class TlsAcceptor {
  readonly #server: TlsServer;
  /** Connections in their handshake by address and port of the peer, which the two sockets of one connection share. */
  readonly #waiting = new Map<string, Connection>();

  constructor(
    pair: CertificatePair,
    serve: (socket: Socket, connection: Connection) => void,
    onTrouble: (detail: string) => void,
  ) {
    this.#server = createTlsServer(serverTlsOptions(pair), (socket) => {
      const connection = this.#waiting.get(placeOf(socket));
      if (connection === undefined) socket.destroy();
      else serve(socket, connection);
    });
    // A failed handshake is the peer's matter: it is counted, and its socket is gone already.
    this.#server.on("tlsClientError", (cause: Error) => onTrouble(`tls handshake: ${cause.message}`));
  }

  accept(socket: Socket, connection: Connection): void {
    const place = placeOf(socket);
    this.#waiting.set(place, connection);
    socket.on("close", () => this.#waiting.delete(place));
    this.#server.emit("connection", socket);
  }

  renew(pair: CertificatePair): void {
    this.#server.setSecureContext(contextOptions(pair));
  }
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

function enter(flow: Flow, socket: Socket, table: ConnectionTable, receiver: Receiver): Connection {
  const connection = new Connection(flow, receiver, () => socket.destroy());
  table.add(connection);
  socket.on("close", () => {
    table.delete(connection);
    connection.closed();
  });
  return connection;
}

/** Opens the connection of an outbound flow; what is written meanwhile waits in the socket. */
export function openOutbound(flow: Flow, table: ConnectionTable, receiver: Receiver): Connection {
  const { address, port } = flow.packetSource;
  const to = { host: address, port, localAddress: flow.endpoint.local.address };
  const name = flow.connectTo?.serverName ?? address;
  const socket = flow.transport === "tls" ? tlsConnect({ ...to, ...clientTlsOptions(name) }) : connect(to);
  const connection = enter(flow, socket, table, receiver);
  socket.once(flow.transport === "tls" ? "secureConnect" : "connect", () => connection.ready());
  socket.on("error", (cause) =>
    receiver.trouble(flow.endpoint, "warn", `connecting to ${address}:${port}: ${cause.message}`),
  );
  serveStream(socket, connection);
  return connection;
}
