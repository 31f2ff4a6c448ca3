/**
 * What the rows of calls that are up would say, kept where it outlives the process. Of a process that is killed the next one writes them: who
 * called whom is known, and the end as the last moment at which the process is known to have lived.
 */
import type { EdgeEvent } from "@ringfence/edge";
import type { NewRecord } from "@ringfence/store";
import { z } from "zod";
import { recordOf } from "./call-record.ts";

export interface CallKeeper {
  /** Those of the process before this one, as `keep` was told. */
  readonly restored: readonly (readonly [call: string, record: unknown])[];
  /** Wall clock: until when that one is known to have lived, and a little more. */
  readonly aliveAt: number;
  /** Undefined: it has its row. */
  keep(call: string, record: unknown): void;
}

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** Times of the wall clock. */
const standing = z.object({ since: z.number(), answeredAt: z.number().optional(), facts: fields, person: fields });
type Standing = z.infer<typeof standing>;

/** A row waits for its second in memory: what is kept goes when it is on the disk for sure. */
const goneAfter = 5_000;

export class StandingCalls {
  readonly #keeper: Pick<CallKeeper, "keep">;
  readonly #ringing = new Map<string, Standing>();
  /** In the order in which they ended. */
  readonly #ended: (readonly [call: string, at: number])[] = [];

  constructor(keeper: Pick<CallKeeper, "keep">) {
    this.#keeper = keeper;
  }

  /** @param hide as for rows */
  take(event: EdgeEvent, now: number, hide: boolean): void {
    const { call } = event;
    if (event.event !== "call" || call === undefined) return;
    if (event.ended_by !== undefined) {
      this.#ringing.delete(call);
      this.#ended.push([call, now]);
    } else if (event.reason === "started") {
      const row = recordOf({ ...event, reason: "process-ended", ended_by: "ringfence" }, now, hide);
      if (row === undefined) return;
      const begun = { since: now, facts: row.facts, person: row.person };
      this.#ringing.set(call, begun);
      this.#keeper.keep(call, begun);
    }
  }

  /** Each second. @param answeredAt of a call, wall clock; undefined: it still rings */
  look(now: number, answeredAt: (call: string) => number | undefined): void {
    for (const [call, begun] of this.#ringing) {
      const at = answeredAt(call);
      if (at === undefined) continue;
      this.#ringing.delete(call);
      this.#keeper.keep(call, { ...begun, answeredAt: at });
    }
    const first = this.#ended.findIndex(([, at]) => now - at < goneAfter);
    for (const [call] of this.#ended.splice(0, first < 0 ? this.#ended.length : first))
      this.#keeper.keep(call, undefined);
  }

  /** Once the rows of those that have ended are written. */
  stop(): void {
    for (const [call] of this.#ended.splice(0)) this.#keeper.keep(call, undefined);
  }
}

/** The rows that the process before this one owes. What cannot be read is none. */
export function owedRows({ restored, aliveAt }: CallKeeper, now: number): readonly NewRecord[] {
  return restored.flatMap(([, record]): readonly NewRecord[] => {
    const read = standing.safeParse(record);
    return read.success ? [rowOf(read.data, Math.min(aliveAt, now))] : [];
  });
}

function rowOf({ since, answeredAt, facts, person }: Standing, end: number): NewRecord {
  const at = Math.max(end, answeredAt ?? since);
  const talked = answeredAt === undefined ? 0 : Math.max(1, at - answeredAt);
  return { kind: "call", at, facts: { ...facts, setup_ms: (answeredAt ?? at) - since, duration_ms: talked }, person };
}
