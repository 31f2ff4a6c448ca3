/** Peers that say whatever octets a test likes, over TCP or TLS on loopback. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

export interface Peer {
  readonly socket: Socket;
  /** What it was sent, an octet a character. */
  readonly got: () => string;
  readonly gone: () => boolean;
}

/** Not the address of the PBX, which is not limited. */
const stranger = "127.0.0.2";

export class RawPeers {
  readonly #cleanup: (() => unknown)[];

  /** @param cleanup where the end of each peer is left */
  constructor(cleanup: (() => unknown)[]) {
    this.#cleanup = cleanup;
  }

  readonly tcp = async (port: number, localAddress = stranger): Promise<Peer> => {
    const peer = this.#watch(connect({ port, host: "127.0.0.1", localAddress }));
    await once(peer.socket, "connect");
    return peer;
  };

  readonly tls = async (port: number, localAddress = stranger): Promise<Peer> => {
    const raw = connect({ port, host: "127.0.0.1", localAddress });
    raw.on("error", () => {});
    const socket = tlsConnect({ socket: raw, rejectUnauthorized: false });
    const peer = this.#watch(socket);
    await once(socket, "secureConnect");
    return peer;
  };

  #watch(socket: Socket): Peer {
    let got = "";
    let gone = false;
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      gone = true;
    });
    this.#cleanup.push(() => socket.destroy());
    return { socket, got: () => got, gone: () => gone };
  }
}

/** The HTTP request that makes a WebSocket of a connection (RFC 6455 §4.1, RFC 7118 §4.1). @param more header lines */
export function upgradeWith(...more: readonly string[]): string {
  return [
    "GET / HTTP/1.1",
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: sip",
    ...more,
    "",
    "",
  ].join("\r\n");
}

export const upgrade = upgradeWith();
