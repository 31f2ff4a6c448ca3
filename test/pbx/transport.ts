import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { connect, createServer, isIP, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { bracketed } from "./sip-address.ts";
import { parseSip, type SipMessage } from "./sip-message.ts";
import { SipStream } from "./sip-stream.ts";

export type TransportName = "udp" | "tcp" | "tls";

export interface Listen {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** One way to reach one peer. A TCP or TLS flow ends with its connection. */
export interface Flow {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  readonly local: { readonly address: string; readonly port: number };
  readonly reliable: boolean;
  readonly open: boolean;
  send(bytes: Buffer): void;
}

/** One message as it crossed the wire; the body is latin1 text like the rest. */
export interface Traffic {
  readonly direction: "in" | "out";
  readonly transport: TransportName;
  readonly peer: string;
  readonly text: string;
}

export interface TransportOptions {
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Address written into SIP and SDP when the bound one is a wildcard. */
  readonly onMessage: (flow: Flow, message: SipMessage) => void;
  /** False: the stand-in plays dead, or the peer is banned. */
  readonly admits: (address: string) => boolean;
  readonly keep: number;
}

interface Connection {
  readonly socket: Socket;
  readonly flow: Flow;
}

const key = (transport: string, address: string, port: number): string => `${transport}:${bracketed(address)}:${port}`;
const plain = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

export class Transport {
  readonly listening: Listen[] = [];
  readonly traffic: Traffic[] = [];
  malformed = 0;
  readonly #o: TransportOptions;
  readonly #udp: UdpSocket[] = [];
  readonly #servers: Server[] = [];
  readonly #connections = new Map<string, Connection>();

  constructor(o: TransportOptions) {
    this.#o = o;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(spec: Listen): Promise<void> {
    await (spec.transport === "udp" ? this.#listenUdp(spec) : this.#listenStream(spec));
  }

  #listenUdp(spec: Listen): Promise<void> {
    const socket = createSocket({
      type: isIP(spec.address) === 6 ? "udp6" : "udp4",
      // Hundreds of phones may register in one burst.
      recvBufferSize: 1 << 21,
      lookup: (host, _options, done) => done(null, host, isIP(host)),
    });
    this.#udp.push(socket);
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(spec.port, spec.address, () => {
        socket.off("error", reject);
        socket.on("error", () => {});
        const local: Listen = { ...spec, port: socket.address().port };
        this.listening.push(local);
        socket.on("message", (bytes, from) =>
          this.#receive(this.#udpFlow(socket, local, from.address, from.port), bytes),
        );
        resolve();
      });
    });
  }

  #udpFlow(socket: UdpSocket, local: Listen, address: string, port: number): Flow {
    const send = (bytes: Buffer) => {
      if (!this.#o.admits(address)) return;
      this.#record("out", "udp", address, port, bytes);
      socket.send(bytes, port, address, () => {});
    };
    return { transport: "udp", address, port, local, reliable: false, open: true, send };
  }

  #listenStream(spec: Listen): Promise<void> {
    const accept = (socket: Socket) => this.#adopt(spec.transport, socket);
    const secure = { ...this.#o.tls, minVersion: "TLSv1.2", maxVersion: "TLSv1.3" } as const;
    const server = spec.transport === "tls" ? createTlsServer(secure, accept) : createServer(accept);
    server.on("tlsClientError", () => {});
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(spec.port, spec.address, () => {
        server.off("error", reject);
        server.on("error", () => {});
        const bound = server.address();
        this.listening.push({ ...spec, port: bound !== null && typeof bound === "object" ? bound.port : spec.port });
        resolve();
      });
    });
  }

  #adopt(transport: TransportName, socket: Socket): void {
    this.#connect(transport, socket, plain(socket.remoteAddress ?? ""), socket.remotePort ?? 0);
  }

  #connect(transport: TransportName, socket: Socket, address: string, port: number): Flow {
    const id = key(transport, address, port);
    const local = this.listening.find((l) => l.transport === transport) ?? { address: "127.0.0.1", port: 0 };
    const flow: Flow = {
      transport,
      address,
      port,
      local,
      reliable: true,
      get open() {
        return !socket.destroyed;
      },
      send: (bytes) => {
        if (socket.destroyed || !this.#o.admits(address)) return;
        this.#record("out", transport, address, port, bytes);
        socket.write(bytes);
      },
    };
    const stream = new SipStream();
    this.#connections.set(id, { socket, flow });
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => this.#connections.delete(id));
    socket.on("data", (chunk) => {
      const messages = stream.push(chunk, () => socket.write("\r\n"));
      if (messages === undefined) socket.destroy();
      else for (const bytes of messages) this.#receive(flow, bytes);
    });
    return flow;
  }

  #receive(flow: Flow, bytes: Buffer): void {
    if (!this.#o.admits(flow.address) || bytes.length <= 4) return;
    this.#record("in", flow.transport, flow.address, flow.port, bytes);
    const message = parseSip(bytes);
    if (message === undefined) this.malformed += 1;
    else this.#o.onMessage(flow, message);
  }

  #record(direction: "in" | "out", transport: TransportName, address: string, port: number, bytes: Buffer): void {
    if (this.#o.keep === 0) return;
    const peer = `${bracketed(address)}:${port}`;
    this.traffic.push({ direction, transport, peer, text: bytes.toString("latin1") });
    if (this.traffic.length > this.#o.keep) this.traffic.splice(0, this.traffic.length - this.#o.keep);
  }

  /** The way to a peer: the connection there is, or a new one; UDP leaves from the given or the first listener. Undefined: there is none. */
  flowTo(transport: TransportName, address: string, port: number, from?: number): Flow | undefined {
    if (isIP(address) === 0) return undefined;
    if (transport === "udp") {
      const local = this.listening.find(
        (l) => l.transport === "udp" && isIP(l.address) === isIP(address) && l.port === (from ?? l.port),
      );
      const socket = this.#udp.find((s) => s.address().port === local?.port);
      return local && socket && this.#udpFlow(socket, local, address, port);
    }
    const known = this.#connections.get(key(transport, address, port));
    if (known?.flow.open) return known.flow;
    const socket =
      transport === "tls" ? connectTls({ host: address, port, rejectUnauthorized: false }) : connect(port, address);
    return this.#connect(transport, socket, address, port);
  }

  /** What a restart of the process does to every connection: a reset. */
  resetConnections(): void {
    for (const { socket } of this.#connections.values()) socket.resetAndDestroy();
    this.#connections.clear();
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#connections.values()) socket.destroy();
    await Promise.all([
      ...this.#udp.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
      ...this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    ]);
  }
}
