/** A packet generator in C++ as a process of its own, which is told by lines and answers by lines. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { endsWithUs } from "../system.ts";
import { generatorProgram, type ProgramName } from "./generator-program.ts";

/** How a program is started: its command and arguments, or those of a program that starts it elsewhere. */
export type Placed = (command: string, args: readonly string[]) => readonly [string, readonly string[]];

export const here: Placed = (command, args) => [command, args];

export class Generator {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static async start(
    name: Exclude<ProgramName, "voices">,
    args: readonly string[],
    placed: Placed,
  ): Promise<{ readonly generator: Generator; readonly greeting: string }> {
    const [command, all] = placed(await generatorProgram(name), args);
    const child = spawn(command, all, { stdio: ["pipe", "pipe", "inherit"] });
    endsWithUs(child);
    const generator = new Generator(child);
    return { generator, greeting: await generator.#next() };
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async ask<Answer>(line: string): Promise<Answer> {
    this.tell(line);
    return JSON.parse(await this.#next()) as Answer;
  }

  close(): void {
    this.#child.stdin.end();
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("a packet generator ended early");
    return value;
  }
}
