/** Debian's libsrtp2 as a process that answers what it makes of a packet: libsrtp-oracle.c, compiled when it is asked for the first time. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SrtpSuite } from "@ringfence/node-srtp";
import { runsCleanly } from "../support/outside-program.ts";

export type Verb = "protect" | "unprotect" | "protect_rtcp" | "unprotect_rtcp";

const compiler = "cc";
const source = fileURLToPath(new URL("libsrtp-oracle.c", import.meta.url));

export function oracleCanBeBuilt(): boolean {
  return existsSync("/usr/include/srtp2/srtp.h") && runsCleanly(compiler, ["--version"]);
}

/** Both directions of one key at libsrtp. */
export interface OracleSession {
  /** The packet in hex, or `error NUMBER`. */
  ask(verb: Verb, packet: Buffer): Promise<string>;
}

export class LibsrtpOracle {
  readonly #folder = mkdtempSync(join(tmpdir(), "ringfence-libsrtp-"));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #sessions = 0;

  /** @throws Error with the compiler's words */
  constructor() {
    const program = join(this.#folder, "oracle");
    const flags = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"];
    const built = spawnSync(compiler, [...flags, source, "-lsrtp2", "-o", program], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(built.stderr);
    this.#process = spawn(program);
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async open(suite: SrtpSuite, keyAndSalt: Buffer, mki: Buffer): Promise<OracleSession> {
    const id = String(this.#sessions++);
    const answer = await this.#ask("open", id, suite, keyAndSalt.toString("hex"), mki.toString("hex") || "-");
    if (answer !== "ok") throw new Error(`libsrtp does not open ${suite}: ${answer}`);
    return { ask: (verb, packet) => this.#ask(verb, id, packet.toString("hex")) };
  }

  stop(): void {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask(...words: readonly string[]): Promise<string> {
    this.#process.stdin.write(`${words.join(" ")}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("the libsrtp oracle ended");
    return value;
  }
}
