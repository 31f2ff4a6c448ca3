/** A program of somebody else, or our own, running in a namespace: what it says is kept, and it is ended by its process id. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { eventually } from "./eventually.ts";
import { inNamespace } from "./network-namespace.ts";

export interface ProgramOptions {
  readonly namespace: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Everything it prints goes here too, so that a failed test can be read afterwards. */
  readonly log: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const mostStopMs = 5_000;

export class Program {
  readonly #child: ChildProcess;
  readonly #log: string;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  #output = "";
  #end: number | string | undefined;

  constructor(options: ProgramOptions) {
    const [command, args] = inNamespace(options.namespace, options.command, options.args);
    this.#log = options.log;
    writeFileSync(options.log, "");
    this.#child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    }
    // Writing to a program that has just ended is no error of the test.
    this.#child.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (how: number | string): void => {
        this.#end = how;
        resolve(how);
      };
      this.#child.on("error", (error) => end(error.message));
      this.#child.on("close", (code, signal) => end(code ?? signal ?? "unknown"));
    });
  }

  #hear(text: string): void {
    this.#output += text;
    appendFileSync(this.#log, text);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Both streams, as they came. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the output when it holds the text after `from` characters; fails at once when the program ends first. */
  says(text: string, from = 0, patienceMs = 45_000): Promise<string> {
    return eventually(
      `${this.#log} to say "${text}"`,
      () => {
        if (this.#output.includes(text, from)) return this.#output;
        if (this.#end !== undefined)
          throw new Error(`ended (${this.#end}) before "${text}": ${this.#output.slice(-800)}`);
        return undefined;
      },
      patienceMs,
    );
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Nothing more will be written. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Asks it to end, insists after five seconds. Idempotent. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string> {
    if (this.#end !== undefined) return this.#end;
    this.#child.kill(signal);
    const insist = setTimeout(() => this.#child.kill("SIGKILL"), mostStopMs);
    const end = await this.ended;
    clearTimeout(insist);
    return end;
  }
}
