/** An RTP socket and the RTCP socket above it, with the keys both share. Control path only; packets are lane.ts. */
import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { drop } from "./drop-reason.ts";
import type { EngineCommand, LatchRules, PairConfig } from "./engine.ts";
import { KeyRing } from "./key-ring.ts";
import { Lane, type SendBuffer } from "./lane.ts";
import { LegMeter } from "./leg-meter.ts";

/** A key frame arrives as a burst of a hundred datagrams; the usual 208 kB hold about ninety. Voice needs no more than it has. */
const videoReceiveBuffer = 1_048_576;

/**
 * RTCP comes 2.5 to 7.5 seconds apart and may lose one (RFC 3550 §6.2), so its window is longer; it is also narrower,
 * since only the very address that RTP was locked to may claim it.
 */
const rtcpWindowMs = 20_000;

export type OpenCommand = Extract<EngineCommand, { kind: "open" }>;
export type BindResult = { readonly ok: true } | { readonly ok: false; readonly code: string };

export class Pair {
  readonly id: number;
  readonly rtp: Lane;
  readonly rtcp: Lane;
  readonly meter = new LegMeter();
  readonly #sockets: readonly [Socket, Socket];
  readonly #inbound = new KeyRing((key) => createUnprotector(key.suite, key.key));
  readonly #outbound = new KeyRing((key) => createProtector(key.suite, key.key));
  #closed = false;

  constructor(open: OpenCommand, buffer: SendBuffer, clock: () => number) {
    this.id = open.pair;
    const sockets = [socketFor(open.address), socketFor(open.address)] as const;
    this.#sockets = sockets;
    this.rtp = new Lane("rtp", this.meter, sockets[0], buffer);
    this.rtcp = new Lane("rtcp", this.meter, sockets[1], buffer);
    this.rtp.rtcp = this.rtcp;
    listen(sockets[0], this.rtp, clock);
    listen(sockets[1], this.rtcp, clock);
  }

  /** Both or none: on failure both sockets are closed. */
  async bind(open: OpenCommand): Promise<BindResult> {
    const [rtp, rtcp] = this.#sockets;
    const results = await Promise.all([
      bindOne(rtp, open.address, open.port),
      bindOne(rtcp, open.address, open.port + 1),
    ]);
    const code = results.find((result) => result !== undefined);
    if (code !== undefined || this.#closed) {
      this.close();
      return { ok: false, code: code ?? "closed" };
    }
    if (open.media === "video") enlarge(rtp);
    return { ok: true };
  }

  configure(config: PairConfig, now: number): void {
    const { latch } = config;
    this.meter.rtp.configure(config.formats);
    const inbound = this.#inbound.use(config.inbound);
    const outbound = this.#outbound.use(config.outbound);
    for (const lane of [this.rtp, this.rtcp]) {
      lane.send = config.send;
      lane.inbound = inbound;
      lane.outbound = outbound;
      lane.rtcpRules = config.rtcp;
      lane.configured = true;
    }
    this.rtp.latch.configure({ ...latch, signalled: latch.signalled?.rtp }, now);
    this.rtcp.latch.configure(rtcpRules(latch), now);
    const source = this.rtp.latch.source;
    // RTP was locked in an earlier exchange and did not move: RTCP goes on following it.
    if (source !== undefined && this.rtp.latch.proven) this.rtcp.latch.narrow(source.address, now);
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) {
      try {
        socket.close();
      } catch {
        // Already closed by a bind that failed: the state we want.
      }
    }
  }
}

/** Nothing may claim RTCP by itself: `narrow` names the one address, once RTP is locked. */
function rtcpRules(latch: LatchRules) {
  return {
    signalled: latch.signalled?.rtcp,
    sendAtOnce: latch.sendAtOnce,
    learnFrom: [],
    windowMs: rtcpWindowMs,
    packets: 1,
    payloadTypes: undefined,
  };
}

function socketFor(address: string): Socket {
  const family = address.includes(":") ? 6 : 4;
  // Addresses are literals; the default lookup would put every send off to the next tick.
  const lookup = (
    host: string,
    _options: unknown,
    done: (error: null, address: string, family: number) => void,
  ): void => done(null, host, family);
  return createSocket({
    type: family === 6 ? "udp6" : "udp4",
    ipv6Only: family === 6,
    lookup: lookup as SocketOptions["lookup"] & {},
  });
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(videoReceiveBuffer);
  } catch {
    // The system allows less: bursts may lose packets, the call works.
  }
}

function listen(socket: Socket, lane: Lane, clock: () => number): void {
  socket.on("message", (packet, source) => {
    try {
      lane.receive(packet, source.address, source.port, clock());
    } catch {
      // The last guard: one packet must never end a thread that carries other calls. Counted, and a bug of ours.
      lane.drops[drop.bug] = (lane.drops[drop.bug] as number) + 1;
    }
  });
  // A send that failed later, such as no route: the packet is lost, as UDP packets are.
  socket.on("error", () => {
    lane.drops[drop["send-failed"]] = (lane.drops[drop["send-failed"]] as number) + 1;
  });
}

/** undefined when bound, else the error code. */
function bindOne(socket: Socket, address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? "unknown");
    socket.once("error", failed);
    try {
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeListener("error", failed);
        resolve(undefined);
      });
    } catch (error) {
      resolve(error instanceof Error ? error.message : "unknown");
    }
  });
}
