/** One connection of a probe to the service it looks at: requests go out one by one, whatever comes back is noted. */
import { createSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { connect as connectTls } from "node:tls";
import { parseMessage, type Response, StreamFramer } from "@ringfence/sip";

export interface HeardAnswer {
  readonly response: Response;
  /** Octets. */
  readonly size: number;
  /** Since the request left. */
  readonly milliseconds: number;
}

export interface ProbeLine {
  readonly local: { readonly address: string; readonly port: number };
  /** Everything that came back within the time, or until a moment after the answer that ends it. Never rejects. */
  ask(bytes: Uint8Array, patienceMs: number): Promise<readonly HeardAnswer[]>;
  close(): void;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** What follows an answer that ends a transaction: another one of a fork, or the same once more. */
const afterwards = 60;
const opening = 4_000;

export function openLine(kind: "udp" | "tcp" | "tls", to: Place, serverName: string): Promise<ProbeLine | undefined> {
  return kind === "udp" ? openUdp(to) : openStream(kind, to, serverName);
}

/** Whoever is asking now; what comes when nobody asks is late, and is left. */
class Listening {
  #hear: (bytes: Uint8Array) => void = () => undefined;

  heard(bytes: Uint8Array): void {
    this.#hear(bytes);
  }

  collect(send: () => void, framing: "datagram" | "stream", patienceMs: number): Promise<readonly HeardAnswer[]> {
    return new Promise((resolve) => {
      const answers: HeardAnswer[] = [];
      const from = performance.now();
      let timer = setTimeout(end, patienceMs);
      const rearm = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(end, ms);
      };
      const collector = this;
      function end(): void {
        collector.#hear = () => undefined;
        resolve(answers);
      }
      this.#hear = (bytes) => {
        const response = parseMessage(bytes, framing);
        if (response.kind !== "response") return;
        answers.push({ response, size: bytes.length, milliseconds: performance.now() - from });
        if (response.status >= 200) rearm(afterwards);
      };
      send();
    });
  }
}

function openUdp({ address, port }: Place): Promise<ProbeLine | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const listening = new Listening();
    socket.on("message", (bytes) => listening.heard(bytes));
    socket.on("error", () => undefined);
    socket.connect(port, address, (error?: Error) => {
      if (error !== undefined && error !== null) return resolve(undefined);
      const { address: local, port: localPort } = socket.address();
      resolve({
        local: { address: local, port: localPort },
        ask: (bytes, patienceMs) =>
          listening.collect(() => socket.send(bytes, () => undefined), "datagram", patienceMs),
        close: () => socket.close(),
      });
    });
  });
}

function openStream(kind: "tcp" | "tls", to: Place, serverName: string): Promise<ProbeLine | undefined> {
  return new Promise((resolve) => {
    // What the certificate is worth is another question's; a service with a bad one is still looked at.
    const options = { host: to.address, port: to.port, servername: serverName, rejectUnauthorized: false };
    const socket: Socket = kind === "tcp" ? connectTcp(to.port, to.address) : connectTls(options);
    const listening = new Listening();
    const framer = new StreamFramer();
    const timer = setTimeout(() => socket.destroy(), opening);
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(undefined));
    socket.on("data", (chunk) => {
      for (const framed of framer.push(chunk)) if (framed.kind === "message") listening.heard(framed.bytes);
    });
    socket.once(kind === "tcp" ? "connect" : "secureConnect", () => {
      clearTimeout(timer);
      resolve({
        local: { address: socket.localAddress ?? "0.0.0.0", port: socket.localPort ?? 0 },
        ask: (bytes, patienceMs) => listening.collect(() => void socket.write(bytes), "stream", patienceMs),
        close: () => socket.destroy(),
      });
    });
  });
}
