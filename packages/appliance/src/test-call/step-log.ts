/** The steps that were gone through: each with what was said, and how long it took. */
import type { Millis } from "@ringfence/sip";
import type { StepName, TestCallStep } from "./order.ts";
import type { Trouble } from "./said.ts";

export class StepLog {
  readonly #steps: TestCallStep[];
  /** When the step that is under way began. */
  #since: Millis;

  constructor(first: TestCallStep, now: Millis) {
    this.#steps = [first];
    this.#since = now;
  }

  get steps(): readonly TestCallStep[] {
    return this.#steps;
  }

  get isGood(): boolean {
    return this.#steps.every(({ ok }) => ok);
  }

  passed(now: Millis, step: StepName, said: string): void {
    this.#add(now, { step, ok: true, said });
  }

  failed(now: Millis, step: StepName, { said, remedy }: Trouble): void {
    this.#add(now, { step, ok: false, said, ...(remedy !== "" && { remedy }) });
  }

  #add(now: Millis, step: Omit<TestCallStep, "took">): void {
    this.#steps.push({ ...step, took: Math.round(now - this.#since) });
    this.#since = now;
  }
}
