/** An RTP socket and the RTCP socket above it, with their keys. Control path only; packets are lane.ts. */
import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { createProtector, createUnprotector, type MasterKey } from "@ringfence/node-srtp";
import { Bundle } from "./bundle.ts";
import { drop } from "./drop-reason.ts";
import type {
  Component,
  Endpoint,
  EngineCommand,
  EngineEvent,
  Keying,
  LatchRules,
  PairConfig,
  SrtpKey,
} from "./engine.ts";
import { KeyRing } from "./key-ring.ts";
import { Lane, type OnControl } from "./lane.ts";
import { LegMeter } from "./leg-meter.ts";
import { PressReader } from "./press-reader.ts";
import { PressWriter } from "./press-writer.ts";
import type { SendBuffer } from "./send-buffer.ts";

/** See pair.cc: a burst of video, or what a flood sends while this thread waits for a processor. */
const receiveBuffer = 1_048_576;

/**
 * RTCP comes 2.5 to 7.5 seconds apart and may lose one (RFC 3550 §6.2), so its window is longer; it is also narrower,
 * since only the very address that RTP was locked to may claim it.
 */
const rtcpWindowMs = 20_000;

export type OpenCommand = Extract<EngineCommand, { kind: "open" }>;
export type BindResult = { readonly ok: true } | { readonly ok: false; readonly code: string };

/** What a thread gives to all its pairs. */
export interface PairContext {
  readonly buffer: SendBuffer;
  readonly clock: () => number;
  readonly onControl: (event: Extract<EngineEvent, { kind: "control" }>) => void;
  readonly onPressed: (event: Extract<EngineEvent, { kind: "pressed" }>) => void;
}

function masterKey({ key, mki }: SrtpKey): MasterKey {
  return mki === undefined ? { keyAndSalt: key } : { keyAndSalt: key, mki };
}

export class Pair {
  readonly id: number;
  readonly rtp: Lane;
  readonly rtcp: Lane;
  readonly meter = new LegMeter();
  /** None when it is bundled on another pair. */
  readonly #sockets: readonly Socket[];
  readonly #carrier: Pair | undefined;
  readonly #context: PairContext;
  readonly #inbound = new KeyRing((key) => createUnprotector(key.suite, masterKey(key)));
  readonly #outbound = new KeyRing((key) => createProtector(key.suite, masterKey(key)));
  #closed = false;

  /** @param carrier the pair that `bundledOn` names */
  constructor(open: OpenCommand, carrier: Pair | undefined, context: PairContext) {
    const { buffer, clock, onControl } = context;
    this.id = open.pair;
    this.#context = context;
    this.#carrier = carrier;
    this.#sockets = carrier === undefined ? [socketFor(open.address), socketFor(open.address)] : [];
    const up: OnControl = ({ component }, protocol, packet, address, port) => {
      // Copied: a view that is posted to another thread takes all the memory behind it along.
      const copy = Uint8Array.from(packet);
      onControl({ kind: "control", pair: open.pair, component, protocol, source: { address, port }, packet: copy });
    };
    this.rtp = new Lane("rtp", this.meter, this.#sockets[0], buffer, up);
    this.rtcp = new Lane("rtcp", this.meter, this.#sockets[1], buffer, up);
    this.rtp.rtcp = this.rtcp;
    this.rtp.carrier = carrier?.rtp ?? this.rtp;
    this.rtcp.carrier = carrier?.rtcp ?? this.rtcp;
    for (const [index, socket] of this.#sockets.entries()) listen(socket, index === 0 ? this.rtp : this.rtcp, clock);
  }

  /** Both or none: on failure both sockets are closed. */
  async bind(open: OpenCommand): Promise<BindResult> {
    const results = await Promise.all(
      this.#sockets.map((socket, index) => bindOne(socket, open.address, open.port + index)),
    );
    const code = results.find((result) => result !== undefined);
    if (code !== undefined || this.#closed) {
      this.close();
      return { ok: false, code: code ?? "closed" };
    }
    for (const socket of this.#sockets.slice(0, 1)) enlarge(socket);
    return { ok: true };
  }

  configure(config: PairConfig, now: number): void {
    const { rtp, rtcp } = this;
    this.meter.rtp.configure(config.formats);
    this.#configureKeys(config);
    for (const lane of [rtp, rtcp]) {
      lane.send = config.send;
      lane.rtcpRules = config.rtcp;
      lane.opaque = config.payload === "opaque";
      lane.configured = true;
    }
    if (this.#carrier === undefined) this.#configureSockets(config, now);
    else this.#carrier.share(rtp, config.latch.payloadTypes);
  }

  /** The peer shall be told of a key press. */
  press(event: number, durationMs: number): void {
    this.rtp.writer?.press(event, durationMs, this.#context.clock());
  }

  /** A re-INVITE that changes nothing of it must not cut a press in two. */
  #configureKeys({ keyPresses }: PairConfig): void {
    const { rtp } = this;
    if (!rtp.writer?.is(keyPresses)) rtp.writer = keyPresses && new PressWriter(keyPresses);
    if (rtp.reader?.is(keyPresses)) return;
    const say = (event: number, durationMs: number): void =>
      this.#context.onPressed({ kind: "pressed", pair: this.id, event, durationMs });
    rtp.reader = keyPresses?.collect === true ? new PressReader(keyPresses, say) : undefined;
  }

  /** Packets of these types are that lane's (RFC 9143 §9.2). */
  share(owner: Lane, payloadTypes: readonly number[]): void {
    const bundle = this.rtp.bundle ?? new Bundle();
    this.rtp.bundle = bundle;
    this.rtcp.bundle = bundle;
    bundle.add(owner, payloadTypes);
  }

  #configureSockets(config: PairConfig, now: number): void {
    const { rtp, rtcp } = this;
    const { latch, control, mux } = config;
    this.#key(rtp, config);
    this.#key(rtcp, config.rtcpKeys ?? config);
    for (const lane of [rtp, rtcp]) {
      lane.stun = control.stun;
      lane.dtls = control.dtls;
    }
    rtp.mux = mux;
    rtcp.configured = !mux;
    rtcp.carrier = mux ? rtp : rtcp;
    const payloadTypes = config.payload === "opaque" ? undefined : latch.payloadTypes;
    rtp.peer.configure({ ...latch, signalled: latch.signalled?.rtp, payloadTypes }, control.stun, now);
    rtcp.peer.configure(rtcpRules(latch), control.stun, now);
    const { source, ssrc, proven } = rtp.peer.latch;
    // RTP was locked in an earlier exchange and did not move: RTCP goes on following it.
    if (source !== undefined && proven) rtcp.peer.latch.narrow(source.address, ssrc, now);
  }

  #key(lane: Lane, { inbound, outbound, awaitsKeys }: Keying): void {
    lane.inbound = this.#inbound.use(inbound);
    lane.outbound = this.#outbound.use(outbound);
    lane.awaitsKeys = awaitsKeys;
  }

  /** A datagram of ours. Nothing when the socket is another pair's. */
  send(component: Component, to: Endpoint, packet: Uint8Array): void {
    this.#sockets[component === "rtp" ? 0 : 1]?.send(packet, 0, packet.length, to.port, to.address);
  }

  close(): void {
    this.#closed = true;
    this.#carrier?.rtp.bundle?.remove(this.rtp);
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
    socket.setRecvBufferSize(receiveBuffer);
  } catch {
    // The system gives none of it: bursts may lose packets, the call works.
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
