/**
 * The one place that feeds the core its inputs and carries out its outputs, in order. Re-entry is impossible: an input
 * that comes while outputs are carried out waits in line.
 */
import type { Ban } from "@ringfence/dgram-rate-limiter";
import type { EdgeCore } from "./core.ts";
import type { Trust } from "./defence/trust.ts";
import type { EdgeCount, EdgeEvent } from "./events.ts";
import type { Flow } from "./flow.ts";
import type { FraudQuestion } from "./fraud/service-question.ts";
import type { MediaPort, MediaResult } from "./media-port.ts";
import type { Input, Output } from "./ports.ts";
import type { Binding } from "./registrar/binding.ts";
import type { CredentialAnswer, CredentialPlace } from "./stir/credential-place.ts";
import type { Tap } from "./tap.ts";

/** The longest the timer sleeps: setTimeout holds 31 bits of milliseconds. */
const MAX_SLEEP = 2 ** 31 - 1;

/**
 * The timer fires on a grid of this many milliseconds: a call leaves a dozen deadlines behind, and to wake for each of
 * them alone costs more than the work they bring. The shortest timer of RFC 3261, T1, is twenty-five times as long.
 */
const GRID = 20;

export interface Wire {
  /** False when nothing leads to that flow any more. */
  send(flow: Flow, bytes: Uint8Array): boolean;
  closeFlow(flowId: string): void;
  /** The gate in front of the sockets may trust this address so much. */
  trusts(address: string, trust: Trust): void;
  /** It lets fewer strangers through; 0 is as many as ever. */
  press(pressure: number): void;
}

export interface DriverOptions {
  readonly core: EdgeCore;
  readonly wire: Wire;
  readonly media: MediaPort;
  /** Never rejects. */
  readonly fetchCredential: (place: CredentialPlace) => Promise<CredentialAnswer>;
  /** Never rejects. */
  readonly askFraudService: (question: FraudQuestion) => Promise<string | undefined>;
  readonly now: () => number;
  readonly onBinding: (token: string, binding: Binding | undefined) => void;
  readonly onBan: (output: Extract<Output, { readonly kind: "ban" }>) => void;
  readonly onBanLifted: (ban: Ban) => void;
  readonly onEvent: (event: EdgeEvent) => void;
  readonly onCount: (count: EdgeCount) => void;
}

export class Driver {
  readonly #options: DriverOptions;
  readonly #queue: Input[] = [];
  #running = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #tap: Tap | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  feed(input: Input): void {
    if (this.#stopped) return;
    this.#queue.push(input);
    if (this.#running) return;
    this.#running = true;
    const { core, now } = this.#options;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (this.#tap !== undefined && "bytes" in next) this.#tap.message("in", next.flow, next.bytes);
      for (const output of core.handle(now(), next)) this.#carryOut(output);
    }
    this.#running = false;
    this.#arm();
  }

  /** From now on `tap` is told; undefined: nobody is. */
  observe(tap: Tap | undefined): void {
    this.#tap = tap;
    if (tap !== undefined) for (const { call, callId } of this.#options.core.legs()) tap.leg(call, callId);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #carryOut(output: Output): void {
    const { wire, media, onEvent, onCount } = this.#options;
    switch (output.kind) {
      case "send":
        this.#tap?.message("out", output.flow as Flow, output.bytes);
        if (!wire.send(output.flow as Flow, output.bytes))
          this.#queue.push({ kind: "flow-lost", flowId: output.flow.id });
        return;
      case "leg":
        return this.#tap?.leg(output.call, output.callId);
      case "close-flow":
        return wire.closeFlow(output.flowId);
      case "source-trust":
        return wire.trusts(output.address, output.trust);
      case "gate-pressure":
        return wire.press(output.pressure);
      case "media-offer":
        return this.#await(output, media.offer(output.call, output.from, output.sdp, output.legs));
      case "media-answer":
        return this.#await(output, media.answer(output.call, output.from, output.sdp));
      case "media-rollback":
        return media.rollback(output.call);
      case "media-up":
        return media.up?.(output.call);
      case "media-press":
        return media.press?.(output.call, output.to, output.key, output.durationMs);
      case "media-close":
        return media.close(output.call);
      case "credential-fetch":
        return this.#fetch(output.place);
      case "fraud-ask":
        return this.#ask(output.call, output.question);
      case "ban":
        return this.#options.onBan(output);
      case "ban-lifted":
        return this.#options.onBanLifted(output.ban);
      case "binding":
        return this.#options.onBinding(output.token, output.binding);
      case "event":
        return onEvent(output.event);
      case "count":
        return onCount(output.count);
    }
  }

  #await({ call, turn }: { readonly call: string; readonly turn: number }, work: Promise<MediaResult>): void {
    work.then(
      (result) => this.feed({ kind: "media-result", call, turn, result }),
      (cause: unknown) => {
        this.#options.onEvent({ event: "bug", level: "error", call, detail: `media: ${String(cause)}` });
        const result = { ok: false, status: 500, reason: "engine-failed", text: "Media relay failed" } as const;
        this.feed({ kind: "media-result", call, turn, result });
      },
    );
  }

  #fetch(place: CredentialPlace): void {
    void this.#options.fetchCredential(place).then((answer) => {
      this.feed({ kind: "credential", url: place.url, answer });
    });
  }

  #ask(call: string, question: FraudQuestion): void {
    void this.#options.askFraudService(question).then((text) => this.feed({ kind: "fraud-answer", call, text }));
  }

  #arm(): void {
    const { core, now } = this.#options;
    const due = core.nextDeadline() ?? Number.POSITIVE_INFINITY;
    const at = Math.ceil(due / GRID) * GRID;
    // Later is as good: a call arms deadlines and disarms them again all the time, and to wake once for nothing costs less.
    if (at >= this.#armedFor) return;
    clearTimeout(this.#timer);
    this.#armedFor = at;
    const sleep = Math.min(Math.max(0, Math.ceil(at - now())), MAX_SLEEP);
    this.#timer = setTimeout(() => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      this.feed({ kind: "time" });
    }, sleep);
  }
}
