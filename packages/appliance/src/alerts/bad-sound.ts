/** How the calls of each side sounded in the last ten minutes. Pure: time is an argument. */
import type { EndedCall, EndedLeg } from "../ended-call.ts";
import type { Condition } from "./alert.ts";

const MINUTE = 60_000;
const MINUTES = 10;
/** Where many find it bad, as `media_troubled_calls` has it; and a loss that nobody overhears. */
const POOR = 3.1;
const LOSS = 0.05;
const FEWEST = 5;
const SHARE = 0.25;
/** Carriers are as many as the configuration names. */
const MOST_SIDES = 1_000;

interface Minute {
  readonly minute: number;
  legs: number;
  bad: number;
}

export class BadSound {
  readonly #sides = new Map<string, Minute[]>();

  add(at: number, { trunk, legs }: EndedCall): void {
    for (const leg of legs) {
      const side = leg.side === "trunk" ? (trunk ?? "trunk") : { phone: "phones", core: "the PBX" }[leg.side];
      const minute = this.#minuteOf(side, Math.floor(at / MINUTE));
      if (minute === undefined) continue;
      minute.legs++;
      if (isBad(leg)) minute.bad++;
    }
  }

  /** At most one for each side. */
  conditions(at: number): readonly Condition[] {
    const first = Math.floor(at / MINUTE) - MINUTES;
    return [...this.#sides].flatMap(([side, minutes]) => {
      const recent = minutes.filter(({ minute }) => minute > first);
      const legs = recent.reduce((sum, one) => sum + one.legs, 0);
      const bad = recent.reduce((sum, one) => sum + one.bad, 0);
      if (bad < FEWEST || bad < SHARE * legs) return [];
      const detail = `${bad} of the last ${legs} calls sounded bad there: MOS below ${POOR} or ${LOSS * 100} % of the packets lost`;
      return [{ kind: "poor-quality" as const, object: side, detail }];
    });
  }

  #minuteOf(side: string, minute: number): Minute | undefined {
    const minutes = this.#sides.get(side) ?? [];
    if (minutes.length === 0 && this.#sides.size >= MOST_SIDES) return undefined;
    this.#sides.set(side, minutes);
    const last = minutes.at(-1);
    if (last !== undefined && last.minute >= minute) return last;
    const fresh: Minute = { minute, legs: 0, bad: 0 };
    minutes.push(fresh);
    if (minutes.length > MINUTES) minutes.shift();
    return fresh;
  }
}

function isBad({ loss, mos, heardMos }: EndedLeg): boolean {
  return loss > LOSS || (mos ?? 5) < POOR || (heardMos ?? 5) < POOR;
}
