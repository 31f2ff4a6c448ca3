/** Listening for TCP, TLS and WebSocket, and connecting to configured peers on demand. */
import { connect, createServer, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { sourceOf } from "../address.ts";
import type { Endpoint, Flow } from "../flow.ts";
import { plainPeerTls } from "../peer-tls.ts";
import type { CertificatePair } from "../tls-context.ts";
import type { CloseReason } from "./close-reason.ts";
import { Connection } from "./connection.ts";
import type { ConnectionTable } from "./connection-table.ts";
import type { Handshakes } from "./handshakes.ts";
import { listenError } from "./listen-error.ts";
import type { Listener, Receiver } from "./listener.ts";
import type { DatagramsResult } from "./native-udp.ts";
import { peerTlsOptions, pinFault } from "./peer-check.ts";
import { serveStream } from "./stream-channel.ts";
import { READ_AHEAD, streamPort } from "./stream-port.ts";
import { type CertificateSource, placeOf, TlsDoor } from "./tls-door.ts";
import { webSocketAcceptor } from "./websocket.ts";

export interface StreamListener extends Listener {
  /** Renewed certificates, authorities or revocation lists: open connections go on, new handshakes get the new ones. */
  renew(certificates: CertificateSource): void;
}

export function openStream(
  endpoint: Endpoint,
  certificates: CertificateSource | undefined,
  table: ConnectionTable,
  handshakes: Handshakes,
  receiver: Receiver,
  native: DatagramsResult,
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
  const tls = certificates === undefined ? undefined : new TlsDoor(endpoint, certificates, handshakes, serve, trouble);
  // Sources are counted before the handshake: a handshake is what costs.
  const server = createServer({ highWaterMark: READ_AHEAD }, (socket) => {
    const connection = admit(current, socket, table, receiver);
    if (connection === undefined) return;
    handshakes.arrived();
    if (tls === undefined && connection.flow.mustShow !== undefined) {
      trouble("warn", `connection from ${placeOf(socket)}: a certificate is required, and there is no TLS`);
      socket.destroy();
    } else if (tls === undefined) serve(socket, connection);
    else tls.accept(socket, connection);
  });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(endpoint, cause)));
    server.listen(streamPort(endpoint, native), () => {
      server.removeAllListeners("error");
      server.on("error", (cause) => trouble("warn", cause.message));
      resolve({
        get endpoint() {
          return current;
        },
        update(next) {
          current = next;
        },
        renew: (next) => tls?.renew(current, next),
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

function isWebSocket({ transport }: Endpoint): boolean {
  return transport === "ws" || transport === "wss";
}

function admit(endpoint: Endpoint, socket: Socket, table: ConnectionTable, receiver: Receiver): Connection | undefined {
  const { remoteAddress: address, remotePort: port } = socket;
  socket.on("error", () => {});
  const flow =
    address === undefined || port === undefined
      ? undefined
      : receiver.admit(endpoint, { address, port }, table.nextId(endpoint.id));
  const allowance = flow === undefined ? 0 : receiver.allowance(endpoint, flow.packetSource.address);
  const refusal = flow === undefined ? undefined : refusalOf(flow, allowance, table, receiver);
  if (flow === undefined || refusal !== undefined) {
    if (refusal !== undefined) receiver.closed(refusal);
    socket.destroy();
    return undefined;
  }
  return enter(flow, isLimited(allowance), socket, table, receiver);
}

function refusalOf(flow: Flow, allowance: number, table: ConnectionTable, receiver: Receiver): CloseReason | undefined {
  const source = sourceOf(flow.packetSource.address);
  const refusal = table.refusal(source, allowance);
  if (refusal !== undefined || !isLimited(allowance)) return refusal;
  const kept = (flowId: string): boolean => receiver.kept(flowId);
  return table.strangers.makeRoom(source, receiver.strangers(), kept) ? undefined : "strangers-full";
}

function isLimited(allowance: number): boolean {
  return allowance !== Number.POSITIVE_INFINITY;
}

/** The kernel asks a silent peer from then on whether it is still there, in ms. */
const PROBE_AFTER = 60_000;

function enter(flow: Flow, limited: boolean, socket: Socket, table: ConnectionTable, receiver: Receiver): Connection {
  const connection = new Connection(flow, limited, receiver, () => socket.destroy());
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
  const connection = enter(flow, false, socket, table, receiver);
  // After a stall of our own the timer comes before the news that it is connected: those are heard first.
  const late = (): void => void (socket.connecting && socket.destroy(new Error("no answer")));
  socket.setTimeout(flow.connectTo?.withinMs ?? 0, () => setImmediate(late));
  if (secure !== undefined) connection.hold();
  socket.once(secure === undefined ? "connect" : "secureConnect", () => {
    const fault = secure === undefined ? undefined : pinFault(tls, secure.getPeerX509Certificate());
    if (fault !== undefined) {
      trouble(fault);
      socket.destroy();
      return;
    }
    socket.setTimeout(0);
    connection.ready();
    connection.release();
  });
  socket.on("error", (cause) => trouble(cause.message));
  serveStream(socket, connection);
  return connection;
}
