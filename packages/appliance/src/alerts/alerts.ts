/** Alerts without Prometheus: the log and what status says are read, what is wrong is kept, and whoever is to know is told. */
import { alertKindNames, RingfenceError } from "@ringfence/policy";
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import { cleanText } from "../logs/clean-text.ts";
import type { FollowedLine } from "../logs/log-event.ts";
import type { Log } from "../logs/logger.ts";
import { createMask } from "../logs/mask.ts";
import type { Sample } from "../metrics/registry.ts";
import { type Condition, readAlert } from "./alert.ts";
import { AlertBook, type AlertChange } from "./alert-book.ts";
import { Courier, type DeliveryResult, deliveryResults, type Way } from "./courier.ts";
import { type Delivered, Deliveries } from "./deliveries.ts";
import { conditionsOf, type Facts } from "./facts.ts";
import { LineReader } from "./line-reader.ts";
import { testNotice } from "./message.ts";
import { Rounds, type Wishes, wishesOf } from "./rounds.ts";
import type { RunMarker } from "./run-marker.ts";

const EVERY = 10_000;

/** Where alerts outlive the process. */
export interface AlertKeeper {
  readonly restored: readonly unknown[];
  keep(id: string, record: unknown): void;
}

export interface AlertWorld {
  readonly log: Pick<Log, "line" | "follow">;
  readonly keeper: AlertKeeper;
  readonly marker: Pick<RunMarker, "before" | "lastWords" | "end">;
  readonly facts: () => Facts;
  readonly ways: (loaded: Loaded) => readonly Way[];
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
}

export interface TestAnswer {
  readonly receiver: string;
  readonly way: Way["kind"];
  readonly ok: boolean;
  /** What the other side answered, or why it did not. */
  readonly said: string;
}

export class Alerts implements Attendant {
  readonly book: AlertBook;
  readonly #world: AlertWorld;
  readonly #reader: LineReader;
  readonly #rounds = new Rounds();
  readonly #deliveries: Deliveries;
  readonly #courier: Courier;
  readonly #results = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  readonly #timer: NodeJS.Timeout;
  readonly #unfollow: () => void;
  #wishes: Wishes;
  #ways: readonly Way[] = [];
  #trouble: string | undefined;

  /** @param heard lines of the log before this */
  constructor(first: Loaded, heard: readonly FollowedLine[], world: AlertWorld) {
    this.#world = world;
    const { mask } = first.file.config.logs;
    this.#reader = new LineReader(mask);
    this.book = new AlertBook(world.keeper.restored.flatMap((record) => readAlert(record) ?? []));
    this.#deliveries = new Deliveries(world.keeper);
    this.#courier = new Courier({
      later: (ms, work) => {
        const timer = setTimeout(work, ms);
        timer.unref();
        return () => clearTimeout(timer);
      },
      onResult: (way, result) => this.#count(way, result),
      onTrouble: (trouble) => this.#say(trouble),
    });
    this.#wishes = wishesOf(first.file.config);
    this.apply(first);
    const { before } = world.marker;
    if (before !== undefined) this.#happened(crashed(before, (text) => createMask(mask).text(text)));
    for (const line of heard) this.#read(line);
    this.#unfollow = world.log.follow((line) => this.#read(line));
    this.#timer = setInterval(() => this.round(), EVERY);
    this.#timer.unref();
  }

  apply(next: Loaded): void {
    this.#reader.apply(next.file.config.logs.mask);
    this.#wishes = wishesOf(next.file.config);
    this.#ways = this.#world.ways(next);
    this.#courier.apply(this.#ways);
    this.#deliveries.apply(this.#ways);
    // What is to rise begins with 0.
    for (const way of this.#ways) for (const result of deliveryResults) this.#count(way, result, 0);
  }

  /** What is wrong now, and who has to be told. */
  round(): void {
    const now = this.#world.now();
    const conditions = [...conditionsOf(this.#world.facts()), ...this.#reader.conditions(now)];
    this.#told(this.book.stand(now, conditions));
    for (const notice of this.#rounds.due(now, this.book, this.#wishes)) this.#courier.send(notice);
    this.#keep();
  }

  /** @throws RingfenceError `no-such-alert` */
  acknowledge(id: number, by: string): void {
    const change = this.book.acknowledge(this.#world.now(), id, by);
    if (change === undefined) {
      throw new RingfenceError("no-such-alert", `no alert ${id} is open`, "./ringfence alerts lists those that are.");
    }
    this.#told([change]);
    this.#keep();
  }

  /** Through the real path, once. @param receiver undefined: all @throws RingfenceError `no-such-receiver` */
  async test(receiver?: string): Promise<readonly TestAnswer[]> {
    const ways = this.#ways.filter((way) => receiver === undefined || way.receiver === receiver);
    if (ways.length === 0) {
      const what = receiver === undefined ? "nobody is to be told of alerts" : `nobody in alerts is called ${receiver}`;
      throw new RingfenceError("no-such-receiver", what, "docs/alerts.md shows how to write `alerts`.");
    }
    return Promise.all(
      ways.map(async (way) => {
        const { ok, said } = await way.send(testNotice(way.receiver, this.#world.now()));
        this.#count(way, ok ? "delivered" : "failed");
        return { receiver: way.receiver, way: way.kind, ok, said };
      }),
    );
  }

  /** Of each way, the last that arrived. */
  get delivered(): readonly Delivered[] {
    return this.#deliveries.last;
  }

  samples(): readonly Sample[] {
    const open = Map.groupBy(this.book.open, ({ kind }) => kind);
    return [
      ...alertKindNames.map(
        (kind) => ({ name: "alerts_open", labels: { kind }, value: open.get(kind)?.length ?? 0 }) as const,
      ),
      ...[...this.#results.values()].map(({ labels, value }) => ({ name: "alert_deliveries", labels, value }) as const),
    ];
  }

  warnings(): readonly string[] {
    return this.#trouble === undefined ? [] : [`alerts do not reach everybody: ${this.#trouble}`];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unfollow();
    this.#courier.stop();
    this.#world.marker.end();
  }

  #read({ at, event }: FollowedLine): void {
    if (event.event === "fatal") this.#world.marker.lastWords(String(event.error));
    const condition = this.#reader.read(at, event);
    // Behind the line that it comes from.
    if (condition !== undefined) queueMicrotask(() => this.#happened(condition));
  }

  #happened(condition: Condition): void {
    this.#told(this.book.happened(this.#world.now(), condition));
    this.#keep();
  }

  /** The log is a receiver too, and with it syslog. */
  #told(changes: readonly AlertChange[]): void {
    for (const { what, alert } of changes) {
      const { id, kind, severity, object, detail, acknowledged } = alert;
      const level = what !== "opened" ? "info" : severity === "critical" ? "error" : "warn";
      const by = what === "acknowledged" ? acknowledged?.by : undefined;
      this.#world.log.line(level, { event: "alert", reason: what, alert: id, kind, severity, object, by, detail });
    }
  }

  #keep(): void {
    for (const [id, alert] of this.book.takeChanges()) this.#world.keeper.keep(String(id), alert);
  }

  #say(trouble: string | undefined): void {
    this.#trouble = trouble;
    const level = trouble === undefined ? "info" : "error";
    const reason = trouble === undefined ? "written-again" : "not-written";
    this.#world.log.line(level, { event: "alert-delivery", reason, detail: trouble });
  }

  #count({ receiver, kind }: Way, result: DeliveryResult, by = 1): void {
    if (result === "delivered" && by > 0) this.#deliveries.note({ receiver, kind }, this.#world.now());
    const labels = { receiver, way: kind, result };
    const key = Object.values(labels).join(" ");
    const known = this.#results.get(key);
    if (known === undefined) this.#results.set(key, { labels, value: by });
    else known.value += by;
  }
}

function crashed(before: NonNullable<RunMarker["before"]>, mask: (text: string) => string): Condition {
  const words = mask(cleanText(before.words, 400));
  const why = words === "" ? "it could not say why: killed, out of memory, or the power was gone" : words;
  const since =
    before.since === "" ? "" : `the process that ran since ${cleanText(before.since, 40)} did not end as it should: `;
  return { kind: "crash", object: "", detail: `${since}${why}` };
}
