/** Everything that looks on at the signalling: ladders, views of people, the collector, and lines in the log. */
import type { EdgeHandle } from "@ringfence/edge";
import type { CallSummary } from "@ringfence/media";
import type { Attendant } from "../attendants.ts";
import type { ControlDesk } from "../control/protocol.ts";
import { openLine } from "../io/collector-line.ts";
import type { Loaded } from "../loading.ts";
import { later } from "../logs/later.ts";
import type { Log } from "../logs/logger.ts";
import { createMask, type Mask } from "../logs/mask.ts";
import type { Sample } from "../metrics/registry.ts";
import { follow } from "./follow.ts";
import { HepCapture } from "./hep-capture.ts";
import { HepSender } from "./hep-sender.ts";
import { type Ladder, ladderOf } from "./ladder.ts";
import type { Seen } from "./seen.ts";
import { sipLine } from "./sip-line.ts";
import { traceDesk } from "./trace-desk.ts";
import { compileFilter, type TraceFilter } from "./trace-filter.ts";
import { TraceHub } from "./trace-hub.ts";
import { type TracedMessage, traced } from "./traced-message.ts";

export interface TracingOptions {
  readonly edge: Pick<EdgeHandle, "observe">;
  readonly summary: (call: string) => CallSummary | undefined;
  readonly log: Pick<Log, "line" | "follow">;
}

const REPORT_EVERY = 10_000;

/** What goes to a collector, while it is configured. */
interface Capture {
  /** Equal for the same collector on the same terms. */
  readonly made: string;
  readonly sender: HepSender;
  stop(): void;
}

export class Tracing implements Attendant {
  readonly hub: TraceHub;
  readonly #options: TracingOptions;
  #mask: Mask;
  #capture: Capture | undefined;
  #lines: (() => void) | undefined;
  #before = { sent: 0, dropped: 0 };
  /** What is wrong with the collector. */
  #trouble: string | undefined;

  constructor(options: TracingOptions, first: Loaded) {
    const { edge, log } = options;
    this.#options = options;
    this.#mask = createMask(first.file.config.logs.mask);
    this.hub = new TraceHub(edge, Date.now, (error) => log.line("error", { event: "bug", detail: error }));
    this.apply(first);
  }

  apply(next: Loaded): void {
    const { logs, capture } = next.file.config;
    this.#mask = createMask(logs.mask);
    this.hub.keep(capture.ladders);
    this.#lines?.();
    const { sipTrace } = logs;
    this.#lines =
      sipTrace === "off"
        ? undefined
        : this.hub.listen((seen) => this.#options.log.line("info", sipLine(traced(seen, this.#mask), sipTrace)));
    const made = JSON.stringify([capture, logs.mask, next.captureKey.key, next.authorities.get(capture.ca ?? "")]);
    if (made === this.#capture?.made) return;
    this.#endCapture();
    if (capture.hep !== undefined) this.#capture = this.#open(next, made);
  }

  #open({ file, captureKey, authorities }: Loaded, made: string): Capture | undefined {
    const { logs, capture } = file.config;
    const { hep, ca, id, rtcp } = capture;
    if (hep === undefined) return undefined;
    const { log, summary } = this.#options;
    // A file that was not read trusts nobody.
    const trusted = ca === undefined ? undefined : (authorities.get(ca) ?? "");
    const sender = new HepSender(
      { ...hep, ca: trusted, pair: undefined },
      {
        open: openLine,
        later,
        onLost: (why) => {
          this.#trouble = `${hep.transport}://${hep.host}:${hep.port} takes no captures: ${why}`;
          log.line("error", { event: "capture", reason: "not-written", detail: this.#trouble });
        },
        onBack: () => {
          this.#trouble = undefined;
          log.line("info", { event: "capture", reason: "written-again" });
        },
      },
    );
    const capturing = new HepCapture({
      send: (packet) => sender.send(packet),
      mask: createMask(capture.mask ? logs.mask : "off"),
      id,
      key: captureKey.key,
      rtcp,
      summary,
    });
    const timer = setInterval(() => capturing.report(Date.now()), REPORT_EVERY).unref();
    const deaf = this.hub.listen((seen) => capturing.message(seen));
    // The last line of a call is written before its media is given back.
    const unfollow = log.follow(({ at, event }) => {
      const { event: name, call, ended_by: endedBy } = event;
      if (name === "call" && typeof call === "string" && endedBy !== undefined) capturing.ended(call, at);
    });
    const stop = (): void => {
      clearInterval(timer);
      deaf();
      unfollow();
      sender.close();
    };
    return { made, sender, stop };
  }

  #endCapture(): void {
    const old = this.#capture;
    this.#capture = undefined;
    this.#trouble = undefined;
    if (old === undefined) return;
    old.stop();
    const { sent, dropped } = old.sender;
    this.#before = { sent: this.#before.sent + sent, dropped: this.#before.dropped + dropped };
  }

  /** The ladder of a call that is kept, masked as the log is. @param call our id, as in the log */
  of(call: string): Ladder | undefined {
    const kept = this.hub.of(call);
    return kept && ladderOf(this.#shown(kept.messages), kept.dropped);
  }

  #shown(messages: readonly Seen[]): readonly TracedMessage[] {
    return messages.map((seen) => traced(seen, this.#mask));
  }

  /**
   * Messages that fit as they pass, until what is returned is called.
   * @throws RingfenceError `not-an-address`
   */
  follow(filter: TraceFilter, listener: (message: TracedMessage) => void): () => void {
    return follow(this.hub, compileFilter(filter), (seen) => listener(traced(seen, this.#mask)), filter.call);
  }

  desk(): Pick<ControlDesk, "trace"> {
    return traceDesk(this.hub, () => this.#mask);
  }

  samples(): readonly Sample[] {
    const { sent = 0, dropped = 0 } = this.#capture?.sender ?? {};
    return [
      { name: "capture_packets", labels: { result: "sent" }, value: this.#before.sent + sent },
      { name: "capture_packets", labels: { result: "dropped" }, value: this.#before.dropped + dropped },
    ];
  }

  warnings(): readonly string[] {
    return this.#trouble === undefined ? [] : [this.#trouble];
  }

  stop(): void {
    this.#lines?.();
    this.#endCapture();
    this.hub.keep(0);
  }
}
