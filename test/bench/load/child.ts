/** A program of ours in a process of its own, so that its CPU time and memory are not those of a system under test. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endsWithUs } from "../system.ts";
import { here, type Placed } from "./generator.ts";

export class Child {
  readonly #child: ChildProcess;

  /** @param program file under test/bench/programs */
  constructor(program: string, placed: Placed = here) {
    const [command, args] = placed(process.execPath, [
      fileURLToPath(new URL(`../programs/${program}`, import.meta.url)),
    ]);
    const stdio = ["inherit", "inherit", "inherit", "ipc"] as const;
    this.#child = endsWithUs(spawn(command, args, { stdio: [...stdio], serialization: "advanced" }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** One question at a time, one answer each. */
  ask<Question extends object, Answer>(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the load program ended with ${code}`));
      this.#child.once("exit", ended);
      this.#child.once("message", (answer) => {
        this.#child.off("exit", ended);
        resolve(answer as Answer);
      });
      this.#child.send(question);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}

/** The other side of it: every question is answered, in order. */
export function answering<Question>(answer: (question: Question) => unknown): void {
  process.once("disconnect", () => process.exit());
  process.on("message", async (question) => {
    process.send?.((await answer(question as Question)) ?? "done");
  });
}
