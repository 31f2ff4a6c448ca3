/** What the lines of the log say that somebody has to know. Pure: time is an argument; what a peer wrote is cleaned and masked here. */
import { suspensionReasons } from "@ringfence/policy";
import { endedCall } from "../ended-call.ts";
import { cleanText } from "../logs/clean-text.ts";
import type { LogEvent } from "../logs/log-event.ts";
import { createMask, type Mask, type MaskLevel } from "../logs/mask.ts";
import type { Condition } from "./alert.ts";
import { BadSound } from "./bad-sound.ts";
import { CallSpike } from "./call-spike.ts";

/** Bans that say more than that the internet is there: somebody tries an account of ours. */
const failures: ReadonlySet<unknown> = new Set(["wrong-passwords", "refused-destinations"]);
const frauds: ReadonlySet<unknown> = new Set(suspensionReasons.filter((reason) => reason !== "command"));
/** Parts that keep something for later, or send it away. They say when that begins to fail, and when it works again. */
const outputs = ["store", "records", "log-file", "syslog", "capture", "export", "backup", "alert-delivery"] as const;
/** What is over when it is said, as a thread that died and was replaced, stands for a while. */
const SAID_FOR = 3_600_000;
/** What an output says of itself. */
const troubles: ReadonlyMap<unknown, { readonly of: string; readonly is: boolean; readonly forMs?: number }> = new Map([
  ["not-written", { of: "", is: true }],
  ["unusable", { of: "", is: true }],
  ["written-again", { of: "", is: false }],
  ["not-kept", { of: " (spool)", is: true }],
  ["kept-again", { of: " (spool)", is: false }],
  ["lines-lost", { of: " (lines lost)", is: true, forMs: SAID_FOR }],
]);

type Standing = Condition & { readonly until: number };

export class LineReader {
  #mask: Mask;
  readonly #spike = new CallSpike();
  readonly #sound = new BadSound();
  /** By kind and object: of closed lists, so there are few. */
  readonly #standing = new Map<string, Standing>();

  constructor(mask: MaskLevel) {
    this.#mask = createMask(mask);
  }

  apply(mask: MaskLevel): void {
    this.#mask = createMask(mask);
  }

  /** @returns what has happened; what lasts is among the conditions */
  read(at: number, event: LogEvent): Condition | undefined {
    switch (event.event) {
      case "call":
        return this.#call(at, event);
      case "ban":
        return failures.has(event.reason) ? this.#banned(event) : undefined;
      case "refused":
        return event.reason === "guessing-held" ? this.#banned(event) : undefined;
      case "fraud":
        return this.#fraud(event);
      case "bug":
        return { kind: "bug", object: "", detail: this.#text(event.detail) };
      case "reload":
        return this.#lasts(
          at,
          { kind: "reload-refused", object: "", detail: this.#text(event.changes) },
          event.reason === "refused",
        );
      case "media.engine_lost": {
        const detail = `a packet thread died and was replaced: ${this.#text(event.reason)}`;
        return this.#lasts(at, { kind: "media-engine", object: "threads", detail }, true, SAID_FOR);
      }
      default:
        return this.#output(at, event);
    }
  }

  /** What is wrong now, as far as lines say it. */
  conditions(at: number): readonly Condition[] {
    const standing = [...this.#standing.values()].filter(({ until }) => until > at);
    return [...standing, ...this.#spike.conditions(at), ...this.#sound.conditions(at)];
  }

  #call(at: number, event: LogEvent): undefined {
    if (event.reason === "started") this.#spike.add(at);
    const ended = endedCall(event);
    if (ended !== undefined) this.#sound.add(at, ended);
  }

  /** Or held: who guesses at one account from one place is not asked any more before there is reason for a ban. */
  #banned({ account, source, reason, rule }: LogEvent): Condition {
    const object = account === undefined ? this.#mask.address(clean(source)) : this.#mask.identity(clean(account));
    const shadow = rule === "shadow" ? ", in shadow: nothing follows" : "";
    return { kind: "repeated-failures", object, detail: `${clean(reason)}${shadow}` };
  }

  #fraud(event: LogEvent): Condition | undefined {
    const { account, reason, detail } = event;
    if (reason === "service-silent" || reason === "service-back") {
      const silent: Condition = { kind: "fraud-service", object: "", detail: this.#text(detail) };
      return this.#lasts(0, silent, reason === "service-silent");
    }
    if (!frauds.has(reason)) return undefined;
    const object = this.#mask.identity(clean(account));
    const follows = detail === "suspend" ? "the account is suspended" : "nothing follows of itself";
    return { kind: "fraud", object, detail: `${clean(reason)}: ${follows}` };
  }

  #output(at: number, { event, reason, detail }: LogEvent): undefined {
    const output = outputs.find((one) => one === event);
    if (output === undefined) return;
    const said = troubles.get(reason);
    if (said === undefined) return;
    const object = `${output}${said.of}`;
    this.#lasts(at, { kind: "output-failing", object, detail: this.#text(detail) }, said.is, said.forMs);
  }

  #lasts(at: number, condition: Condition, is: boolean, forMs = Number.POSITIVE_INFINITY): undefined {
    const place = `${condition.kind} ${condition.object}`;
    if (is) this.#standing.set(place, { ...condition, until: at + forMs });
    else this.#standing.delete(place);
  }

  #text(value: unknown): string {
    return this.#mask.text(clean(value));
  }
}

function clean(value: unknown): string {
  return typeof value === "string" ? cleanText(value, 500) : "";
}
