/**
 * TLS on sockets that were admitted already. A carrier is known by its address before the handshake, so each has its own
 * terms there: certificate, oldest version, ciphers, authorities and revocation lists. What one trusts the other does not.
 */
import type { Socket } from "node:net";
import { createSecureContext, createServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import { RingfenceError } from "@ringfence/policy";
import type { Endpoint, EndpointPeer, Flow } from "../flow.ts";
import type { PeerTls } from "../peer-tls.ts";
import { type CertificatePair, contextOptions, serverTlsOptions } from "../tls-context.ts";
import type { Connection } from "./connection.ts";
import type { Handshakes } from "./handshakes.ts";
import { callerFault } from "./peer-check.ts";
import { awaitHandshake } from "./tls-wait.ts";

/** The configured certificate of a name; undefined is the self-signed one. */
export type CertificateSource = (name: string | undefined) => CertificatePair;

type Serve = (socket: Socket, connection: Connection) => void;
type Trouble = (level: "warn" | "debug", detail: string) => void;

/** @throws RingfenceError `certificate-bad`: found before anything is swapped */
export function checkTls(endpoint: Endpoint, certificates: CertificateSource): void {
  for (const { certificate, tls } of everybody(endpoint)) {
    try {
      createSecureContext(contextOptions(certificates(certificate), tls));
    } catch (cause) {
      if (cause instanceof RingfenceError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RingfenceError(
        "certificate-bad",
        `certificates.${certificate ?? "(self-signed)"} cannot be used: ${why}`,
        "Check that key, certificate, authorities and revocation lists are whole and belong together.",
      );
    }
  }
}

/** Phones first, or the PBX: whoever has no terms of its own. On a socket for carriers there is nobody else. */
function everybody({ role, certificate, peers = [] }: Endpoint): readonly Partial<EndpointPeer>[] {
  return role === "trunks" ? peers : [{ certificate }, ...peers];
}

export class TlsDoor {
  #acceptors: ReadonlyMap<string | undefined, TlsAcceptor> = new Map();
  readonly #handshakes: Handshakes;
  readonly #serve: Serve;
  readonly #trouble: Trouble;

  constructor(
    endpoint: Endpoint,
    certificates: CertificateSource,
    handshakes: Handshakes,
    serve: Serve,
    trouble: Trouble,
  ) {
    this.#handshakes = handshakes;
    this.#serve = serve;
    this.#trouble = trouble;
    this.renew(endpoint, certificates);
  }

  accept(socket: Socket, connection: Connection): void {
    if (!connection.limited) return this.#begin(socket, connection, () => {});
    const done = awaitHandshake(
      socket,
      connection,
      this.#handshakes,
      () => this.#begin(socket, connection, done),
      () => {
        this.#trouble("debug", `tls handshake from ${placeOf(socket)}: this is no TLS`);
        connection.cut("handshake");
      },
    );
  }

  #begin(socket: Socket, connection: Connection, done: () => void): void {
    const acceptor = this.#acceptors.get(connection.flow.trunk) ?? this.#acceptors.get(undefined);
    if (acceptor === undefined) socket.destroy();
    else acceptor.accept(socket, { connection, done });
  }

  renew(endpoint: Endpoint, certificates: CertificateSource): void {
    const next = new Map<string | undefined, TlsAcceptor>();
    for (const { trunk, tls, certificate } of everybody(endpoint)) {
      const pair = certificates(certificate);
      const known = this.#acceptors.get(trunk);
      // Whether a certificate is asked for belongs to the acceptor; handshakes that have begun end with the old one.
      const same = known !== undefined && known.asks === (tls?.requireClient === true);
      const acceptor = same ? known : new TlsAcceptor(pair, tls, this.#serve, this.#trouble);
      if (same) known.renew(pair, tls);
      next.set(trunk, acceptor);
    }
    this.#acceptors = next;
  }
}

interface Begun {
  readonly connection: Connection;
  readonly done: () => void;
}

class TlsAcceptor {
  /** The peer must show a certificate. */
  readonly asks: boolean;
  readonly #server: TlsServer;
  /** Connections in their handshake by address and port of the peer, which the two sockets of one connection share. */
  readonly #waiting = new Map<string, Begun>();
  #terms: string;

  constructor(pair: CertificatePair, tls: PeerTls | undefined, serve: Serve, trouble: Trouble) {
    this.asks = tls?.requireClient === true;
    this.#terms = JSON.stringify(contextOptions(pair, tls));
    this.#server = createServer(serverTlsOptions(pair, tls), (socket) => {
      const place = placeOf(socket);
      const begun = this.#waiting.get(place);
      this.#waiting.delete(place);
      begun?.done();
      const connection = begun?.connection;
      const fault = connection === undefined ? undefined : faultOf(connection.flow, socket);
      if (fault !== undefined) trouble("warn", `connection from ${place}: ${fault}`);
      if (connection === undefined || fault !== undefined) socket.destroy();
      else serve(socket, connection);
    });
    // A stranger's failed handshake is the stranger's matter; a carrier's is worth a line that is read.
    this.#server.on("tlsClientError", (cause: Error, socket: TLSSocket) => {
      const level = tls === undefined ? "debug" : "warn";
      trouble(level, `tls handshake from ${placeOf(socket)}: ${cause.message}`);
    });
  }

  accept(socket: Socket, begun: Begun): void {
    const place = placeOf(socket);
    this.#waiting.set(place, begun);
    socket.on("close", () => {
      // The peer may have used its port again before we heard that the first connection is gone.
      if (this.#waiting.get(place) === begun) this.#waiting.delete(place);
    });
    this.#server.emit("connection", socket);
  }

  /** What is the same is left: sessions that could be resumed go on being so. */
  renew(pair: CertificatePair, tls: PeerTls | undefined): void {
    const options = contextOptions(pair, tls);
    const terms = JSON.stringify(options);
    if (terms === this.#terms) return;
    this.#server.setSecureContext(options);
    this.#terms = terms;
  }
}

/** Threat L9: what a carrier that came to us does not show, or shows wrongly. */
function faultOf({ mustShow }: Flow, socket: TLSSocket): string | undefined {
  return mustShow && callerFault(mustShow.tls, mustShow.hosts, socket);
}

export function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}
