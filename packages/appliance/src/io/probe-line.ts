/** One connection of a probe to the service it looks at: requests go out one by one, whatever comes back is noted. */
import { performance } from "node:perf_hooks";
import { parseMessage, type Response } from "@ringfence/sip";
import { openSipLine } from "./sip-line.ts";

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

/** What the certificate is worth is another question's; a service with a bad one is still looked at. */
export async function openLine(
  kind: "udp" | "tcp" | "tls",
  to: Place,
  serverName: string,
): Promise<ProbeLine | undefined> {
  const listening = new Listening();
  const listener = { heard: (bytes: Uint8Array) => listening.heard(bytes), lost: () => undefined };
  const line = await openSipLine({ ...to, transport: kind, trust: "any", name: serverName }, listener);
  if (line.kind === "unreachable") return undefined;
  const framing = kind === "udp" ? "datagram" : "stream";
  return {
    local: line.local,
    ask: (bytes, patienceMs) => listening.collect(() => line.send(bytes), framing, patienceMs),
    close: () => line.close(),
  };
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
