/** Hands out open port pairs: takes a port from the pool, has the engine bind it, tries the next when another process holds it. */
import type { Engine, EngineEvent, PairId } from "../engine/engine.ts";
import type { LegName } from "../media-port.ts";
import { PortPool, type PortRange, pairsIn } from "./port-pool.ts";

/** Whose pair it is: what a log line about it names. */
export interface PairOwner {
  readonly call: string;
  readonly leg: LegName;
  /** Position of the m= line. */
  readonly stream: number;
}

export interface OpenPair {
  readonly id: PairId;
  /** Local address it is bound to. */
  readonly address: string;
  /** RTP; RTCP is the one above. */
  readonly port: number;
  readonly owner: PairOwner;
  /** BUNDLE: it has no sockets of its own, address and port are that pair's. */
  readonly bundledOn: OpenPair | undefined;
}

export interface OpenRequest {
  readonly owner: PairOwner;
  readonly group: number;
  readonly address: string;
}

export interface DeskOptions {
  readonly range: PortRange;
  readonly random: (bytes: number) => Uint8Array;
  readonly clock: () => number;
  readonly onBindFailed: (request: OpenRequest, port: number, detail: string) => void;
}

type Answer = Extract<EngineEvent, { kind: "opened" | "bind-failed" }>;

/** Local addresses come from our own configuration; more than this is a mistake there. */
const maxAddresses = 64;

export class PairDesk {
  readonly #options: DeskOptions;
  readonly #pools = new Map<string, PortPool>();
  readonly #pairs = new Map<PairId, OpenPair>();
  readonly #waiting = new Map<PairId, (answer: Answer) => void>();
  #range: PortRange;
  #engine: Engine | undefined;
  #nextId = 1;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#range = options.range;
  }

  /** The engine reports to whoever made it, so it comes after the desk. */
  use(engine: Engine): void {
    this.#engine = engine;
  }

  async open(request: OpenRequest): Promise<OpenPair | "no-port" | "engine-failed"> {
    const pool = this.#poolFor(request.address);
    for (;;) {
      const port = pool?.take(this.#options.clock());
      if (pool === undefined || port === undefined) return "no-port";
      const { address, owner } = request;
      const pair: OpenPair = { id: this.#nextId++, address, port, owner, bundledOn: undefined };
      const answer = await this.#bind(pair, request);
      if (answer.kind === "opened") {
        this.#pairs.set(pair.id, pair);
        return pair;
      }
      this.#options.onBindFailed(request, port, answer.detail);
      if (answer.why === "failed") {
        pool.release(port, this.#options.clock());
        return "engine-failed";
      }
      pool.quarantine(port, this.#options.clock());
    }
  }

  /** Another stream on the sockets of `base`, which has some. */
  async openBundled(request: OpenRequest, base: OpenPair): Promise<OpenPair | "engine-failed"> {
    const { address, port } = base;
    const pair: OpenPair = { id: this.#nextId++, address, port, owner: request.owner, bundledOn: base };
    const answer = await this.#bind(pair, request);
    if (answer.kind !== "opened") return "engine-failed";
    this.#pairs.set(pair.id, pair);
    return pair;
  }

  release(pair: OpenPair): void {
    if (!this.#pairs.delete(pair.id)) return;
    this.#engine?.submit([{ kind: "close", pair: pair.id }]);
    if (pair.bundledOn !== undefined) return;
    this.#pools.get(pair.address)?.release(pair.port, this.#options.clock());
  }

  find(id: PairId): OpenPair | undefined {
    return this.#pairs.get(id);
  }

  /** Whether one of our media sockets has this port, on any local address. */
  isOurs(port: number): boolean {
    const even = port - (port % 2);
    for (const pool of this.#pools.values()) if (pool.isOut(even)) return true;
    return false;
  }

  onAnswer(answer: Answer): void {
    const waiting = this.#waiting.get(answer.pair);
    this.#waiting.delete(answer.pair);
    waiting?.(answer);
  }

  /** Pairs that were being opened when their thread died. */
  onLost(pairs: readonly PairId[], detail: string): void {
    for (const pair of pairs) this.onAnswer({ kind: "bind-failed", pair, why: "failed", detail });
  }

  /** The engine stops: whoever still waits for a pair is told so. */
  stop(): void {
    this.onLost([...this.#waiting.keys()], "stopped");
  }

  resize(range: PortRange): void {
    this.#range = range;
    for (const pool of this.#pools.values()) pool.resize(range);
  }

  /**
   * Pairs: used and draining over all local addresses; free on the address that has fewest, because a call needs one on
   * each of its two and the emptier one refuses it. Before the first call that is the whole range.
   */
  counts(): { readonly free: number; readonly used: number; readonly draining: number } {
    let [free, used, draining] = [pairsIn(this.#range), 0, 0];
    for (const pool of this.#pools.values()) {
      const counts = pool.counts(this.#options.clock());
      free = Math.min(free, counts.free);
      used += counts.used;
      draining += counts.draining;
    }
    return { free, used, draining };
  }

  #bind(pair: OpenPair, request: OpenRequest): Promise<Answer> {
    const { group, address } = request;
    return new Promise((resolve) => {
      this.#waiting.set(pair.id, resolve);
      const open = { kind: "open", pair: pair.id, group, address, port: pair.port } as const;
      const base = pair.bundledOn?.id;
      this.#engine?.submit([base === undefined ? open : { ...open, bundledOn: base }]);
    });
  }

  #poolFor(address: string): PortPool | undefined {
    const known = this.#pools.get(address);
    if (known !== undefined || this.#pools.size >= maxAddresses) return known;
    const pool = new PortPool(this.#range, this.#options.random);
    this.#pools.set(address, pool);
    return pool;
  }
}
