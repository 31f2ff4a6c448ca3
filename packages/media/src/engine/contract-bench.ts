/** The set-up of the engine contract: one engine, one call between host 127.0.0.2 (a) and host 127.0.0.3 (b). */
import { keyAndSaltLength } from "@ringfence/node-srtp";
import { UdpHost } from "../../../../test/support/udp-host.ts";
import type { DropReason } from "./drop-reason.ts";
import {
  type Component,
  type Endpoint,
  type Engine,
  type EngineEvent,
  type EngineFactory,
  type LatchRules,
  type PairConfig,
  plainTransport,
  type SrtpKey,
} from "./engine.ts";
import type { RemoteView, StreamReport } from "./stream-report.ts";

export type LegSetup = Partial<Omit<PairConfig, "latch">> &
  Partial<Pick<LatchRules, "signalled" | "sendAtOnce" | "payloadTypes">>;

export const plain: LegSetup = {};

export function keyFor(suite: SrtpKey["suite"], fill: number): SrtpKey {
  return { suite, key: new Uint8Array(keyAndSaltLength(suite)).fill(fill) };
}

type ControlEvent = Extract<EngineEvent, { kind: "control" }>;

interface Host {
  readonly rtp: UdpHost;
  readonly rtcp: UdpHost;
}

export class EngineBench {
  readonly a: Host;
  readonly b: Host;
  readonly #hosts: Host[] = [];
  portA = 0;
  portB = 0;
  readonly #events: EngineEvent[] = [];
  #engine: Engine | undefined;
  #changed: () => void = () => {};
  #nextPair = 1;
  pairA = 0;
  pairB = 0;

  private constructor(a: Host, b: Host) {
    this.a = a;
    this.b = b;
    this.#hosts.push(a, b);
  }

  /** @param addressB of host b; IPv6 is a leg of its own family, whose pair is on ::1 */
  static async start(factory: EngineFactory, addressB = "127.0.0.3"): Promise<EngineBench> {
    const [aRtp, aRtcp] = await UdpHost.openPair("127.0.0.2");
    const [bRtp, bRtcp] = await UdpHost.openPair(addressB);
    const bench = new EngineBench({ rtp: aRtp, rtcp: aRtcp }, { rtp: bRtp, rtcp: bRtcp });
    bench.#engine = await factory((events) => {
      bench.#events.push(...events);
      bench.#changed();
    });
    return bench;
  }

  /** Two joined pairs, not configured. */
  async open(): Promise<readonly [number, number]> {
    const [left, portA] = await this.#openAnywhere();
    const [right, portB] = await this.#openAnywhere(this.b.rtp.address.includes(":") ? "::1" : "127.0.0.1");
    this.portA = portA;
    this.portB = portB;
    this.pairA = left;
    this.pairB = right;
    this.submit({ kind: "join", left, right });
    return [left, right];
  }

  async call(a: LegSetup, b: LegSetup): Promise<void> {
    const [left, right] = await this.open();
    this.submit({ kind: "configure", pair: left, config: configFor(this.a, a) });
    this.submit({ kind: "configure", pair: right, config: configFor(this.b, b) });
    await this.settled();
  }

  configureA(setup: LegSetup): void {
    this.configure(this.pairA, this.a, setup);
  }

  configure(pair: number, host: Host, setup: LegSetup): void {
    this.submit({ kind: "configure", pair, config: configFor(host, setup) });
  }

  /** A second line: bundled on pair A for host a, with ports of its own for the host that is returned, behind 127.0.0.4. */
  async bundled(): Promise<{ readonly onA: number; readonly own: number; readonly host: Host; readonly port: number }> {
    const [rtp, rtcp] = await UdpHost.openPair("127.0.0.4");
    const host = { rtp, rtcp };
    this.#hosts.push(host);
    const [own, port] = await this.#openAnywhere();
    const onA = this.#nextPair++;
    this.submit({
      kind: "open",
      pair: onA,
      group: 0,
      address: "127.0.0.1",
      port: 0,
      bundledOn: this.pairA,
    });
    await this.#find((event) => event.kind === "opened" && event.pair === onA);
    this.submit({ kind: "join", left: onA, right: own });
    return { onA, own, host, port };
  }

  select(source: Endpoint | undefined, component: Component = "rtp"): void {
    this.submit({ kind: "select", pair: this.pairA, component, source });
  }

  /** Control packets that came up so far, once there are that many. */
  async controls(count: number): Promise<readonly ControlEvent[]> {
    const seen = (): readonly ControlEvent[] => this.#events.filter((event) => event.kind === "control");
    await this.#find(() => seen().length >= count);
    return seen();
  }

  async tryOpen(port: number, address = "127.0.0.1"): Promise<EngineEvent> {
    const pair = this.#nextPair++;
    this.submit({ kind: "open", pair, group: 0, address, port });
    return this.#find((event) => (event.kind === "opened" || event.kind === "bind-failed") && event.pair === pair);
  }

  event(kind: EngineEvent["kind"]): Promise<EngineEvent> {
    return this.#find((event) => event.kind === kind);
  }

  /** How many packets the engine dropped for this reason, once it has reported at least that many. */
  async dropped(reason: DropReason, least = 1): Promise<number> {
    const total = () =>
      this.#events.reduce((sum, event) => sum + (event.kind === "counters" ? (event.drops[reason] ?? 0) : 0), 0);
    await this.#find(() => total() >= least);
    return total();
  }

  /** All activity, once `packets` were reported. */
  async activity(packets: number): Promise<{ packets: number; bytes: number }> {
    const total = () =>
      this.#events
        .flatMap((event) => (event.kind === "counters" ? event.pairs : []))
        .reduce((sum, pair) => ({ packets: sum.packets + pair.packets, bytes: sum.bytes + pair.bytes }), {
          packets: 0,
          bytes: 0,
        });
    await this.#find(() => total().packets >= packets);
    return total();
  }

  /** The counts of a's stream over all reports, once `received` packets were reported. */
  async streamOfA(received: number) {
    const sum = (field: "received" | "expected" | "duplicate" | "reordered" | "restarts"): number =>
      this.#streams()
        .filter(({ pair }) => pair === this.pairA)
        .reduce((total, stream) => total + (stream[field] ?? 0), 0);
    await this.#find(() => sum("received") >= received);
    const [expected, duplicate, reordered] = [sum("expected"), sum("duplicate"), sum("reordered")];
    return { received: sum("received"), expected, duplicate, reordered, restarts: sum("restarts") };
  }

  /** The first thing a peer reported of what it hears. */
  async remote(): Promise<RemoteView | undefined> {
    const found = (): RemoteView | undefined => this.#streams().find(({ remote }) => remote !== undefined)?.remote;
    await this.#find(() => found() !== undefined);
    return found();
  }

  async stop(): Promise<void> {
    for (const { rtp, rtcp } of this.#hosts) {
      rtp.close();
      rtcp.close();
    }
    await this.#engine?.stop();
  }

  #streams(): readonly StreamReport[] {
    return this.#events.flatMap((event) => (event.kind === "counters" ? (event.streams ?? []) : []));
  }

  /** Commands are carried out in order: once a later open is answered, the earlier ones are done. */
  async settled(): Promise<void> {
    const [pair] = await this.#openAnywhere();
    this.submit({ kind: "close", pair });
  }

  async #openAnywhere(address?: string): Promise<readonly [number, number]> {
    for (;;) {
      const pair = this.#nextPair;
      const port = 40_000 + 2 * Math.floor(Math.random() * 10_000);
      if ((await this.tryOpen(port, address)).kind === "opened") return [pair, port];
    }
  }

  submit(...commands: Parameters<Engine["submit"]>[0]): void {
    this.#engine?.submit(commands);
  }

  async #find(wanted: (event: EngineEvent) => boolean): Promise<EngineEvent> {
    for (;;) {
      const found = this.#events.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function configFor(host: Host, setup: LegSetup): PairConfig {
  const own = {
    rtp: { address: host.rtp.address, port: host.rtp.port },
    rtcp: { address: host.rtcp.address, port: host.rtcp.port },
  };
  const { signalled, sendAtOnce, payloadTypes, ...more } = setup;
  return {
    ...plainTransport,
    send: true,
    inbound: undefined,
    outbound: undefined,
    ...more,
    latch: {
      signalled: "signalled" in setup ? signalled : own,
      sendAtOnce: sendAtOnce ?? true,
      learnFrom: [host.rtp.address],
      windowMs: 3000,
      packets: 5,
      payloadTypes: payloadTypes ?? [0],
    },
    formats: [{ type: 0, clockRate: 8000, role: "pcmu" }],
  };
}
