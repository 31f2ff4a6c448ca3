/** What the ledger says of each that pays, beside what the log said of the calls. */
import type { EdgeEvent } from "@ringfence/edge";
import { readUseRecord } from "@ringfence/policy";
import type { EdgeWorld } from "./edge-world.ts";

interface Spoken {
  readonly calls: number;
  readonly ms: number;
  readonly seconds: number;
}

const nothing: Spoken = { calls: 0, ms: 0, seconds: 0 };

/** A thousand millionths a second: what a call costs is how long it was. */
export const ledgerRates = "currency,EUR\n+49,0.06,0,1/1\n";

export class StormLedger {
  readonly #spoken = new Map<string, Spoken>();
  /** As it was last taken: `calls` are those still open. */
  readonly #used = new Map<string, Spoken>();

  /** The last line of a call to an outside number says for how long somebody pays. */
  listen({ event, ended_by, side, account, trunk, to, duration_ms: ms }: EdgeEvent): void {
    if (event !== "call" || ended_by === undefined || ms === undefined || to?.startsWith("+") !== true) return;
    if (side === "trunk") return;
    const payer = side === "phone" ? `account ${account}` : `trunk ${trunk}`;
    const { calls, ms: before, seconds } = this.#spoken.get(payer) ?? nothing;
    this.#spoken.set(payer, { calls: calls + 1, ms: before + ms, seconds: seconds + Math.ceil(ms / 1_000) });
  }

  /** How many payers there were, and each whose use is not what was spoken: the log rounds a call to a millisecond. */
  judge(world: EdgeWorld): { readonly payers: number; readonly wrong: readonly string[] } {
    world.feed({ kind: "audit" });
    for (const [payer, record] of world.core.takeUse(world.now, true)) {
      const kept = readUseRecord(record);
      const days = kept?.days ?? [];
      const sum = (of: (day: readonly number[]) => number): number => days.reduce((all, day) => all + of(day), 0);
      const spent = sum(([, , money = 0]) => money);
      this.#used.set(payer, { calls: kept?.open.length ?? 0, ms: sum(([, ms = 0]) => ms), seconds: spent / 1_000 });
    }
    const payers = [...new Set([...this.#spoken.keys(), ...this.#used.keys()])];
    const wrong = payers.flatMap((payer) => {
      const { calls, ms, seconds } = this.#spoken.get(payer) ?? nothing;
      const used = this.#used.get(payer) ?? nothing;
      const off = [Math.abs(used.ms - ms), Math.abs(used.seconds - seconds)];
      if (used.calls === 0 && off.every((one) => one <= calls)) return [];
      return `${payer}: ${used.calls} calls open, ${off.join(" ms and ")} s beside what was spoken in ${calls} calls`;
    });
    return { payers: payers.length, wrong };
  }
}
