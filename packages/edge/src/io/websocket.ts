/** SIP over WebSocket (RFC 7118): the upgrade, one message a frame, keep-alive by ping and by CRLF. */
import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "@ringfence/sip";
import { type WebSocket, WebSocketServer } from "ws";
import type { Connection } from "./connection.ts";
import { FrameWatch } from "./frame-watch.ts";

const pong = new Uint8Array([0x0d, 0x0a]);
const CR = 0x0d;
const LF = 0x0a;

const serverOptions = {
  noServer: true,
  clientTracking: false,
  maxPayload: limits.message,
  // One message is one frame; a peer may cut it, but not into dust.
  maxFragments: 64,
  maxBufferedChunks: 8_192,
  // Compression state is memory that a stranger chooses.
  perMessageDeflate: false,
  // RFC 7118 §4.1; that the client offered it was checked before.
  handleProtocols: () => "sip",
} as const;

export interface WebSocketAcceptor {
  /** The HTTP request, then the frames, of a connection whose octets come from `socket` (TCP or TLS). */
  accept(socket: Socket, connection: Connection): void;
}

/** Between two log lines about pages that are not listed: anybody may come with any page. */
const QUIET = 60_000;

/**
 * @param origins the web origins allowed at the time of a connection
 * @param warn told now and then of a page that may not connect: mostly the one that somebody forgot to list
 */
export function webSocketAcceptor(origins: () => readonly string[], warn: (detail: string) => void): WebSocketAcceptor {
  let warnedAt = Number.NEGATIVE_INFINITY;
  const waiting = new WeakMap<Duplex, Connection>();
  const sockets = new WebSocketServer(serverOptions);
  const http: Server = createServer({ maxHeaderSize: 8_192 }, (_request, response) => {
    response.writeHead(426, { Upgrade: "websocket", Connection: "close" }).end();
  });
  http.on("clientError", (_error, socket) => socket.destroy());
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const connection = waiting.get(socket);
    const refused = connection === undefined ? "400 Bad Request" : refusal(request, origins());
    if (connection !== undefined && refused === forbidden && performance.now() - warnedAt > QUIET) {
      warnedAt = performance.now();
      const { address } = connection.flow.packetSource;
      warn(`connection from ${address}: no such page in phones.listen[].origins: ${pageOf(request)}`);
    }
    if (connection === undefined || refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => serve(client, socket, connection));
  });
  return {
    accept(socket, connection) {
      waiting.set(socket, connection);
      socket.on("error", () => {});
      http.emit("connection", socket);
    },
  };
}

const forbidden = "403 Forbidden";

/** Default deny: a browser says where its page is from, and only listed pages may connect. Programs send no Origin. */
function refusal({ headers }: IncomingMessage, origins: readonly string[]): string | undefined {
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim().toLowerCase()) ?? [];
  if (!offered.includes("sip")) return "400 Subprotocol sip required";
  const { origin } = headers;
  return origin === undefined || origins.includes(origin.toLowerCase()) ? undefined : forbidden;
}

/** As it has to be written into the configuration, or a word in place of what is no page's. */
function pageOf({ headers }: IncomingMessage): string {
  return URL.parse(headers.origin ?? "")?.origin.slice(0, 200) ?? "unreadable";
}

function serve(client: WebSocket, socket: Duplex, connection: Connection): void {
  const watch = new FrameWatch();
  // Always: without a listener a frame too large would end the process. Close follows.
  client.on("error", () => {});
  connection.attach({
    // A text frame must be UTF-8 (RFC 6455 §5.6); SIP need not be.
    write: (bytes) => client.send(bytes, { binary: !isUtf8(bytes) }, () => {}),
    get unsent() {
      return client.bufferedAmount;
    },
    goOn: () => client.resume(),
    end: () => client.close(),
  });
  connection.ready();
  client.on("message", (data) => receive(data as Buffer, connection) || client.pause());
  // The library answers it; a peer that pings and does not read fills our buffer.
  client.on("ping", () => connection.checkUnsent());
  client.on("close", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => connection.heard({ whole: watch.push(chunk), partial: watch.partial }));
}

/** RFC 7118 §5.1, and RFC 5626 §4.4.1 for clients whose platform cannot ping. False: there are no turns for more. */
function receive(data: Buffer, connection: Connection): boolean {
  if (data.length > 4 || data.some((octet) => octet !== CR && octet !== LF)) return connection.message(data);
  if (data.length === 4) connection.send(pong);
  return true;
}
