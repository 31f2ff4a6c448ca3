/** For tests of media without sockets: an engine that says yes and remembers, and the SDP a phone or PBX would write. */
import { randomBytes } from "node:crypto";
import type { Engine, EngineCommand, EngineEvent, EngineFactory, PairConfig, PairId } from "./engine/engine.ts";
import type { MediaLogEvent } from "./log-event.ts";
import { createMedia } from "./media.ts";
import type { Media } from "./media-options.ts";
import type { LegMedia, LegName, MediaEvent } from "./media-port.ts";
import type { MediaSettings } from "./settings.ts";
import type { Transport, TransportDesk, TransportOutput, TransportTerms } from "./transport/transport.ts";
import { createTransportDesk } from "./transport/transport-desk.ts";

export const settings: MediaSettings = {
  ports: { first: 20000, last: 20099 },
  inactivityMs: 60_000,
  learn: { windowMs: 3000, packets: 5 },
};

const suites = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"];

/** Behind NAT: signals from 198.51.100.7. */
export const phoneLeg: LegMedia = {
  side: "phone",
  localAddress: "0.0.0.0",
  advertisedAddress: "203.0.113.10",
  signallingAddress: "198.51.100.7",
  secureSignalling: true,
  srtp: "required",
  suites,
  keying: ["sdes", "dtls"],
  browser: false,
  t38: false,
};
export const coreLeg: LegMedia = {
  side: "core",
  localAddress: "10.0.0.2",
  advertisedAddress: "10.0.0.2",
  signallingAddress: "10.0.0.5",
  secureSignalling: false,
  srtp: "off",
  suites,
  keying: ["sdes"],
  browser: false,
  t38: true,
};

class FakeEngine implements Engine {
  /** Ports another process holds. */
  readonly taken = new Set<number>();
  readonly open = new Map<PairId, number>();
  readonly configs = new Map<PairId, PairConfig>();
  readonly joined: (readonly [PairId, PairId])[] = [];
  /** Pairs without sockets of their own, and the one whose they use. */
  readonly bundled = new Map<PairId, PairId>();
  /** In their order, whatever they were. */
  readonly commands: EngineCommand[] = [];
  failure: string | undefined;
  /** While true nothing is answered. */
  stalled = false;
  #emit: (events: readonly EngineEvent[]) => void = () => {};

  readonly factory: EngineFactory = async (onEvents) => {
    this.#emit = onEvents;
    return this;
  };

  emit(...events: readonly EngineEvent[]): void {
    this.#emit(events);
  }

  submit(commands: readonly EngineCommand[]): void {
    for (const command of commands) this.#carryOut(command);
  }

  threads() {
    return { count: 1, nice: 0, processors: [] };
  }

  async stop(): Promise<void> {}

  /** The pair with sockets on that RTP port. */
  pairOn(port: number): PairId {
    for (const [pair, at] of this.open) if (at === port && !this.bundled.has(pair)) return pair;
    throw new Error(`no pair on port ${port}`);
  }

  /** The configuration of the pair on that RTP port. */
  configOf(port: number): PairConfig | undefined {
    for (const [pair, at] of this.open) if (at === port) return this.configs.get(pair);
    return undefined;
  }

  #carryOut(command: EngineCommand): void {
    this.commands.push(command);
    if (command.kind === "close") this.open.delete(command.pair);
    if (command.kind === "join") this.joined.push([command.left, command.right]);
    if (command.kind === "configure") this.configs.set(command.pair, command.config);
    if (command.kind !== "open" || this.stalled) return;
    const { pair, port } = command;
    if (this.failure !== undefined) this.#later({ kind: "bind-failed", pair, why: "failed", detail: this.failure });
    else if (this.taken.has(port)) this.#later({ kind: "bind-failed", pair, why: "in-use", detail: "EADDRINUSE" });
    else {
      this.open.set(pair, port);
      if (command.bundledOn !== undefined) this.bundled.set(pair, command.bundledOn);
      this.#later({ kind: "opened", pair });
    }
  }

  #later(event: EngineEvent): void {
    queueMicrotask(() => this.emit(event));
  }
}

/** Transports that shake hands with nobody: they remember what they were told, and say what a test has them say. */
class FakeTransports implements TransportDesk {
  readonly fingerprint = { hash: "sha-256", value: new Uint8Array(32).fill(0xab) } as const;
  readonly terms = new Map<PairId, TransportTerms>();
  /** What the next control packet leads to. */
  outputs: readonly TransportOutput[] = [];
  #credentials = 0;

  credentials() {
    const number = String(++this.#credentials).padStart(4, "0");
    return { ufrag: `ours${number}`, pwd: `ourspasswordandsecret${number}` };
  }

  open(pair: PairId): Transport {
    return {
      deadline: undefined,
      agree: (terms) => {
        this.terms.set(pair, terms);
        return [];
      },
      onControl: () => this.outputs,
      onDeadline: () => [],
      close: () => {
        this.terms.delete(pair);
        return [];
      },
    };
  }
}

/** Real dice, but for ports: in order, so that no pair has the port of another one on the other address (`configOf`). */
function portsInOrder(): (bytes: number) => Uint8Array {
  let next = 0;
  return (bytes) => {
    const dice = randomBytes(bytes);
    // The only dice of four octets are those for ports.
    if (bytes === 4) dice.writeUInt32BE(next++);
    return dice;
  };
}

export class MediaBench {
  readonly engine = new FakeEngine();
  readonly events: MediaEvent[] = [];
  readonly logged: MediaLogEvent[] = [];
  readonly transports = new FakeTransports();
  now = 0;
  #media: Media | undefined;

  /** `dtls`: with ICE and DTLS, as with the native part. */
  static async start(changes: Partial<MediaSettings> = {}, dtls = false): Promise<MediaBench> {
    const bench = new MediaBench();
    bench.#media = await createMedia({
      settings: { ...settings, ...changes },
      onEvent: (event) => bench.events.push(event),
      log: (event) => bench.logged.push(event),
      clock: () => bench.now,
      random: portsInOrder(),
      engine: bench.engine.factory,
      transports: dtls ? bench.transports : createTransportDesk(randomBytes, undefined),
    });
    return bench;
  }

  get media(): Media {
    if (this.#media === undefined) throw new Error("not started");
    return this.#media;
  }

  /** The SDP for the other leg, or the refusal as `status reason`. */
  async offer(from: LegName, sdp: string, a: LegMedia = phoneLeg, b: LegMedia = coreLeg, call = "c1"): Promise<string> {
    return textOf(await this.media.offer(call, from, Buffer.from(sdp, "latin1"), { a, b }));
  }

  async answer(from: LegName, sdp: string, call = "c1"): Promise<string> {
    return textOf(await this.media.answer(call, from, Buffer.from(sdp, "latin1")));
  }
}

function textOf(result: Awaited<ReturnType<Media["offer"]>>): string {
  return result.ok ? Buffer.from(result.sdp).toString("latin1") : `${result.status} ${result.reason}`;
}

/** SDP from its media lines, with what every peer writes above them. */
export function sdp(address: string, ...lines: readonly string[]): string {
  return [
    "v=0",
    `o=alice 2890844526 7 IN IP4 ${address}`,
    "s=secret session",
    `c=IN IP4 ${address}`,
    "t=0 0",
    ...lines,
    "",
  ].join("\r\n");
}

/** The value of every line that begins so. */
export function linesOf(text: string, start: string): readonly string[] {
  return text
    .split("\r\n")
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length));
}

/** Our ports on the m= lines. */
export function portsOf(text: string): readonly number[] {
  return linesOf(text, "m=").map((line) => Number(line.split(" ")[1]));
}

export function keyText(fill: number, length = 30): string {
  return Buffer.alloc(length, fill).toString("base64");
}
