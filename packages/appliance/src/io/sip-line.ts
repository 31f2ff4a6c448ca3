/** One way to a SIP service as a telephone has it: a UDP socket or a connection. Octets of whole messages, both ways. */
import { createSocket } from "node:dgram";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { StreamFramer } from "@ringfence/sip";

export interface SipServer {
  readonly address: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
  /** Whose certificate is good enough; `ca`: PEM of authorities. */
  readonly trust: "any" | "system" | { readonly ca: string };
  /** What the certificate must stand for; the address without it. */
  readonly name?: string;
}

export interface SipLine {
  readonly kind: "line";
  readonly local: { readonly address: string; readonly port: number };
  /** After the end of the line nothing is sent. */
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface Listener {
  /** One message. */
  heard(bytes: Uint8Array): void;
  /** The other side closed it, or it broke. */
  lost(): void;
}

/** `code` is Node's or OpenSSL's. */
export type Unreachable = { readonly kind: "unreachable"; readonly code: string };

/** Until a connection stands. */
const patience = 4_000;

export function openSipLine(server: SipServer, listener: Listener): Promise<SipLine | Unreachable> {
  return server.transport === "udp" ? openUdp(server, listener) : openStream(server, listener);
}

function openUdp({ address, port }: SipServer, listener: Listener): Promise<SipLine | Unreachable> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    let isOpen = true;
    socket.on("message", (bytes) => listener.heard(bytes));
    // The answer of a machine where nothing listens; whoever waits for an answer has a time for it.
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(unreachable(error)));
    // Connected: nothing from elsewhere is heard.
    socket.connect(port, address, (error?: Error) => {
      if (error !== undefined && error !== null) return resolve(unreachable(error));
      resolve({
        kind: "line",
        local: socket.address(),
        send: (bytes) => isOpen && socket.send(bytes, () => undefined),
        close: () => {
          if (isOpen) socket.close();
          isOpen = false;
        },
      });
    });
  });
}

function openStream(server: SipServer, listener: Listener): Promise<SipLine | Unreachable> {
  return new Promise((resolve) => {
    const { address, port, transport } = server;
    const socket: Socket = transport === "tcp" ? connectTcp(port, address) : connectTls(tlsOptions(server));
    const framer = new StreamFramer();
    let isOpen = false;
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })), patience);
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(unreachable(error)));
    socket.once("close", () => {
      clearTimeout(timer);
      resolve({ kind: "unreachable", code: "ECONNRESET" });
      if (isOpen) listener.lost();
      isOpen = false;
    });
    socket.on("data", (chunk) => {
      for (const framed of framer.push(chunk)) if (framed.kind === "message") listener.heard(framed.bytes);
    });
    socket.once(transport === "tcp" ? "connect" : "secureConnect", () => {
      clearTimeout(timer);
      isOpen = true;
      resolve({
        kind: "line",
        local: { address: socket.localAddress ?? "0.0.0.0", port: socket.localPort ?? 0 },
        send: (bytes) => isOpen && void socket.write(bytes),
        close: () => {
          isOpen = false;
          socket.destroy();
        },
      });
    });
  });
}

function tlsOptions({ address, port, trust, name }: SipServer): ConnectionOptions {
  // RFC 6066 §3: an address is no server name.
  const named = name === undefined || isIP(name) !== 0 ? {} : { servername: name };
  const place = { host: address, port, ...named };
  if (trust === "any") return { ...place, rejectUnauthorized: false };
  return { ...place, rejectUnauthorized: true, ...(trust === "system" ? {} : { ca: trust.ca }) };
}

function unreachable(error: Error): Unreachable {
  return { kind: "unreachable", code: (error as NodeJS.ErrnoException).code ?? "unknown error" };
}
