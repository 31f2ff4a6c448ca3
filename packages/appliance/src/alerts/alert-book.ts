/** Alerts that are open, and the last that were. Pure: time is an argument, what changed is asked for. */
import { type AlertKind, alertKinds, type Severity } from "@ringfence/policy";
import type { Alert, Condition } from "./alert.ts";

/** What is no longer so must not be so for this long: what comes and goes is one alert. After a start nothing is known at first. */
const LINGERS = 60_000;
/** Without happening again. */
const PASSES = 3_600_000;
/** Of one kind; what is beyond is one alert for all of them. */
const MOST_OPEN = 50;
const OTHERS = "others";
const MOST_PAST = 200;
const [longestObject, longestDetail] = [200, 600];

export interface AlertChange {
  readonly what: "opened" | "ended" | "acknowledged";
  readonly alert: Alert;
}

export class AlertBook {
  /** By kind and object. */
  readonly #open = new Map<string, Alert>();
  readonly #past: Alert[] = [];
  /** Since when what an open one says is no longer so. */
  readonly #missing = new Map<number, number>();
  readonly #changed = new Set<number>();
  #nextId = 1;

  /** @param restored of the process before this one */
  constructor(restored: readonly Alert[] = []) {
    for (const one of restored.toSorted((a, b) => (a.ended ?? Infinity) - (b.ended ?? Infinity) || a.id - b.id)) {
      if (one.ended === null) this.#open.set(keyOf(one.kind, one.object), one);
      else this.#past.push(one);
      this.#nextId = Math.max(this.#nextId, one.id + 1);
    }
    this.#forget();
  }

  /** The newest last. */
  get open(): readonly Alert[] {
    return [...this.#open.values()].sort((a, b) => a.id - b.id);
  }

  /** The newest last. */
  get past(): readonly Alert[] {
    return this.#past;
  }

  /** All that is wrong now of the kinds that last; and what has passed is over. */
  stand(now: number, conditions: readonly Condition[]): readonly AlertChange[] {
    const changes: AlertChange[] = [];
    const standing = new Set<string>();
    for (const condition of conditions) {
      const place = this.#placeOf(condition);
      standing.add(place);
      const known = this.#open.get(place);
      if (known === undefined) changes.push(this.#begin(now, place, condition));
      else this.#stillSo(known, place, condition);
    }
    for (const [place, one] of this.#open) {
      if (!standing.has(place) && this.#isOver(now, one)) changes.push(this.#end(now, place, one));
    }
    return changes;
  }

  /** Something of the kinds that pass. */
  happened(now: number, condition: Condition): readonly AlertChange[] {
    const place = this.#placeOf(condition);
    const known = this.#open.get(place);
    if (known === undefined) return [this.#begin(now, place, condition)];
    this.#put(place, { ...known, last: now, times: known.times + 1, detail: cut(condition.detail, longestDetail) });
    return [];
  }

  /** Undefined: no such alert is open. */
  acknowledge(now: number, id: number, by: string): AlertChange | undefined {
    const one = this.open.find((candidate) => candidate.id === id);
    if (one === undefined) return undefined;
    const alert = { ...one, acknowledged: { by: cut(by, 64), at: now } };
    this.#put(keyOf(one.kind, one.object), alert);
    return { what: "acknowledged", alert };
  }

  noteTold(now: number, receiver: string, id: number): void {
    const at = this.#past.findIndex((one) => one.id === id);
    const alert = at >= 0 ? this.#past[at] : this.open.find((one) => one.id === id);
    if (alert === undefined) return;
    const told = { ...alert.told, [receiver]: { at: now, ended: alert.ended !== null } };
    if (at < 0) return this.#put(keyOf(alert.kind, alert.object), { ...alert, told });
    this.#past[at] = { ...alert, told };
    this.#changed.add(id);
  }

  /** What the store has to hear: undefined of an alert means that it is forgotten. */
  takeChanges(): readonly (readonly [id: number, alert: Alert | undefined])[] {
    const all = new Map([...this.#open.values(), ...this.#past].map((one) => [one.id, one]));
    const changes = [...this.#changed].map((id) => [id, all.get(id)] as const);
    this.#changed.clear();
    return changes;
  }

  #placeOf({ kind, object }: Condition): string {
    const place = keyOf(kind, cut(object, longestObject));
    if (this.#open.has(place)) return place;
    let same = 0;
    for (const one of this.#open.values()) if (one.kind === kind) same++;
    return same < MOST_OPEN ? place : keyOf(kind, OTHERS);
  }

  #begin(now: number, place: string, { kind, object, detail, severity }: Condition): AlertChange {
    const alert: Alert = {
      id: this.#nextId++,
      kind,
      severity: severity ?? alertKinds[kind].severity,
      object: place === keyOf(kind, OTHERS) ? OTHERS : cut(object, longestObject),
      detail: cut(detail, longestDetail),
      since: now,
      last: now,
      times: 1,
      ended: null,
      acknowledged: null,
      told: {},
    };
    this.#put(place, alert);
    return { what: "opened", alert };
  }

  /** What has become worse is told anew, also to who acknowledged it. */
  #stillSo(known: Alert, place: string, condition: Condition): void {
    this.#missing.delete(known.id);
    const severity = condition.severity ?? alertKinds[known.kind].severity;
    const detail = cut(condition.detail, longestDetail);
    // A figure that moves is no news, and nothing to write down.
    if (severity === known.severity) return void this.#open.set(place, { ...known, detail });
    const worse: Partial<Alert> = isWorse(severity, known.severity) ? { told: {}, acknowledged: null } : {};
    this.#put(place, { ...known, severity, detail, ...worse });
  }

  #isOver(now: number, { id, kind, last }: Alert): boolean {
    if (alertKinds[kind].lasts === "passing") return now - last >= PASSES;
    const since = this.#missing.get(id);
    if (since === undefined) this.#missing.set(id, now);
    return since !== undefined && now - since >= LINGERS;
  }

  #end(now: number, place: string, one: Alert): AlertChange {
    const alert = { ...one, ended: now };
    this.#open.delete(place);
    this.#missing.delete(one.id);
    this.#past.push(alert);
    this.#changed.add(one.id);
    this.#forget();
    return { what: "ended", alert };
  }

  #put(place: string, alert: Alert): void {
    this.#open.set(place, alert);
    this.#changed.add(alert.id);
  }

  #forget(): void {
    while (this.#past.length > MOST_PAST) {
      const [oldest] = this.#past.splice(0, 1);
      if (oldest !== undefined) this.#changed.add(oldest.id);
    }
  }
}

function keyOf(kind: AlertKind, object: string): string {
  return `${kind} ${object}`;
}

function isWorse(one: Severity, other: Severity): boolean {
  return one === "critical" && other !== "critical";
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
