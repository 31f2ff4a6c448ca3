/** Listening for TCP and TLS, and connecting to configured peers on demand. */
import { connect, createServer, isIP, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  rootCertificates,
  TLSSocket,
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
  const accept = (socket: Socket): void => acceptConnection(current, socket, table, receiver);
  const server: Server | TlsServer =
    pair === undefined
      ? createServer(accept)
      : createTlsServer(serverTlsOptions(pair, authoritiesOf(endpoint)), accept);
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(endpoint, cause)));
    const { address, port } = endpoint.local;
    server.listen({ host: address, port, ipv6Only: isIP(address) === 6, exclusive: true }, () => {
      server.removeAllListeners("error");
      server.on("error", (cause) => receiver.trouble(current, "warn", cause.message));
      // A failed handshake is the peer's matter: it is counted, and its socket is gone already.
      server.on("tlsClientError", (cause: Error) =>
        receiver.trouble(current, "debug", `tls handshake: ${cause.message}`),
      );
      resolve({
        get endpoint() {
          return current;
        },
        update(next) {
          current = next;
        },
        renew(next) {
          if ("setSecureContext" in server) server.setSecureContext(contextOptions(next, authoritiesOf(current)));
        },
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

function authoritiesOf({ clientAuthorities }: Endpoint): readonly string[] | undefined {
  return clientAuthorities?.flatMap((who) => (who === "system" ? rootCertificates : who));
}

function acceptConnection(endpoint: Endpoint, socket: Socket, table: ConnectionTable, receiver: Receiver): void {
  const { remoteAddress: address, remotePort: port } = socket;
  const flow =
    address === undefined || port === undefined || !table.hasRoom(address)
      ? undefined
      : receiver.admit(endpoint, { address, port }, table.nextId(endpoint.id));
  if (flow === undefined) {
    socket.on("error", () => {});
    socket.destroy();
    return;
  }
  const { mustShow } = flow;
  const fault =
    mustShow && (socket instanceof TLSSocket ? callerFault(mustShow.tls, mustShow.hosts, socket) : "no TLS");
  if (fault !== undefined) {
    receiver.trouble(endpoint, "warn", `connection from ${address}:${port}: ${fault}`);
    socket.on("error", () => {});
    socket.destroy();
    return;
  }
  table.add(flow, new Connection(flow, socket, receiver, () => table.delete(flow)));
}

/** A peer that does not answer the connection within this time counts as lost, in ms. */
const CONNECT_DEADLINE = 5_000;

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
  const late = setTimeout(() => socket.destroy(), CONNECT_DEADLINE);
  const connection = new Connection(flow, socket, receiver, () => {
    clearTimeout(late);
    table.delete(flow);
  });
  if (secure !== undefined) connection.hold();
  socket.once(secure === undefined ? "connect" : "secureConnect", () => {
    clearTimeout(late);
    const fault = secure === undefined ? undefined : pinFault(tls, secure.getPeerX509Certificate());
    if (fault === undefined) return connection.release();
    trouble(fault);
    socket.destroy();
  });
  socket.on("error", (cause) => trouble(cause.message));
  table.add(flow, connection);
  return connection;
}
