/** kill -9 in the middle of something, at another moment each time: what was there before has to be there afterwards. */
import { setTimeout as after } from "node:timers/promises";
import { seededRandom } from "../support/seeded-random.ts";

/** Something that is under way. */
export interface Begun {
  /** SIGKILL to all of it. Harmless when it has ended. */
  kill(): Promise<void>;
  readonly ended: Promise<unknown>;
}

export interface KillSubject {
  begin(round: number): Promise<Begun>;
  /** Does what a person would to go on, and looks. @throws Error when something was lost */
  mend(round: number): Promise<void>;
}

export interface KillSettings {
  readonly rounds: number;
  readonly seed: number;
  /** Hears of every round: how far it had come, in ms of those that it takes undisturbed. */
  readonly onRound?: (round: number, killedAt: number, takes: number) => void;
}

/** The first time it is left alone, to know how long it takes. @throws what `mend` throws, with the round and the moment */
export async function killRounds({ rounds, seed, onRound }: KillSettings, subject: KillSubject): Promise<void> {
  const random = seededRandom(seed);
  const began = performance.now();
  await (await subject.begin(0)).ended;
  const takes = performance.now() - began;
  await subject.mend(0);
  for (let round = 1; round <= rounds; round++) {
    const killedAt = Math.round(random() * takes);
    const begun = await subject.begin(round);
    await Promise.race([begun.ended, after(killedAt)]);
    await begun.kill();
    await begun.ended;
    onRound?.(round, killedAt, takes);
    await subject.mend(round).catch((error: unknown) => {
      throw new Error(`round ${round}, killed after ${killedAt} of ${Math.round(takes)} ms (seed ${seed})`, {
        cause: error,
      });
    });
  }
}
