/**
 * Who is told what, and when. Alerts of one kind are gathered into one message, told again while they stand and nobody acknowledged
 * them, and told to be over. In quiet hours only what is critical is told. Pure: time is an argument.
 */
import {
  type AlertKind,
  type AlertReceiver,
  alertKinds,
  type Config,
  isOpen,
  parseHolidays,
  parseOpeningHours,
  type Severity,
} from "@ringfence/policy";
import type { Alert } from "./alert.ts";
import type { AlertBook } from "./alert-book.ts";

/** What begins within this is one message. */
const GATHER = 15_000;
/** Between two messages of one kind to one receiver. */
const BETWEEN: Readonly<Record<Severity, number>> = { critical: 60_000, warning: 300_000 };
/** In one message; the rest is counted. */
export const mostInNotice = 20;

/** One message for one receiver. */
export interface Notice {
  readonly receiver: string;
  readonly kind: AlertKind | "test";
  readonly severity: Severity;
  readonly at: number;
  /** Those that began. */
  readonly fresh: readonly Alert[];
  /** Those that still stand. */
  readonly still: readonly Alert[];
  /** Those that are over. */
  readonly over: readonly Alert[];
}

interface Receiver extends Pick<AlertReceiver, "name" | "for" | "repeatMs"> {
  readonly isQuiet: (now: number) => boolean;
}

export interface Wishes {
  readonly receivers: readonly Receiver[];
  /** Names that are told of frauds in any case. */
  readonly onFraud: readonly string[];
}

export function wishesOf({ alerts, policy }: Pick<Config, "alerts" | "policy">): Wishes {
  const receivers = alerts.map((receiver) => ({ ...receiver, isQuiet: quietOf(receiver) }));
  return { receivers, onFraud: policy.onFraud.notify };
}

function quietOf({ quiet }: AlertReceiver): Receiver["isQuiet"] {
  const hours = quiet === undefined ? undefined : parseOpeningHours(quiet);
  const always = parseHolidays([]);
  return (now) => hours !== undefined && always !== undefined && isOpen(hours, always, now);
}

export class Rounds {
  /** Last message, by receiver and kind: as many as the configuration has of them. */
  #last = new Map<string, number>();

  /** What has to be sent now. What is returned counts as told. */
  due(now: number, book: AlertBook, wishes: Wishes): readonly Notice[] {
    const alerts = [...book.open, ...book.past.filter((one) => isNews(one))];
    const kinds = [...new Set(alerts.map(({ kind }) => kind))];
    return wishes.receivers.flatMap((receiver) => {
      const quiet = receiver.isQuiet(now);
      const mine = alerts.filter((one) => wants(receiver, wishes, one) && (!quiet || one.severity === "critical"));
      return kinds.flatMap((kind) => {
        const notice = this.#noticeOf(now, receiver, kind, mine);
        if (notice === undefined) return [];
        for (const one of [...notice.fresh, ...notice.still, ...notice.over]) book.noteTold(now, receiver.name, one.id);
        this.#last.set(`${receiver.name} ${kind}`, now);
        return [notice];
      });
    });
  }

  #noticeOf(now: number, { name, repeatMs }: Receiver, kind: AlertKind, mine: readonly Alert[]) {
    const ofKind = mine.filter((one) => one.kind === kind && one.acknowledged === null);
    const fresh = ofKind.filter(({ ended, told }) => ended === null && told[name] === undefined);
    const standing = ofKind.filter(({ ended, told }) => ended === null && told[name] !== undefined);
    const over = ofKind.filter(({ ended, told }) => ended !== null && told[name]?.ended === false);
    const isRipe = fresh.some(({ since }) => now - since >= GATHER);
    const lastTold = (one: Alert): number => one.told[name]?.at ?? now;
    const again = repeatMs !== undefined && standing.some((one) => now - lastTold(one) >= repeatMs);
    if (!isRipe && !again && over.length === 0) return undefined;
    const all = [...fresh, ...standing, ...over];
    const severity = all.some((one) => one.severity === "critical") ? "critical" : "warning";
    if (now - (this.#last.get(`${name} ${kind}`) ?? -Infinity) < BETWEEN[severity]) return undefined;
    // Who is reminded of one is reminded of all of its kind.
    return { receiver: name, kind, severity, at: now, fresh, still: again ? standing : [], over } satisfies Notice;
  }
}

/** Only what lasts has an end that is worth a message. */
function isNews({ kind, told }: Alert): boolean {
  return alertKinds[kind].lasts === "lasting" && Object.values(told).some(({ ended }) => !ended);
}

function wants({ name, for: wanted }: Receiver, { onFraud }: Wishes, { kind, severity }: Alert): boolean {
  if (kind === "fraud" && onFraud.includes(name)) return true;
  return wanted === undefined || wanted.kinds.includes(kind) || wanted.severities.includes(severity);
}
