/** The voices of calls that come and go: load/voices/soak.cc, a process of its own. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { endsWithUs } from "../system.ts";
import type { Place } from "./phones.ts";
import { voiceProgram } from "./voice-program.ts";

export interface SoakHeard {
  readonly sent: number;
  readonly received: number;
  /** What the kernel did not take from the generator. */
  readonly refused: number;
  /** µs through the relay, since the last question. */
  readonly p50: number;
  readonly p99: number;
}

export class SoakVoices {
  readonly phone: Place;
  readonly pbx: Place;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    ports: string,
  ) {
    const [phone = 0, pbx = 0] = ports.split(" ").map(Number);
    this.phone = { address: "127.0.0.2", port: phone };
    this.pbx = { address: "127.0.0.3", port: pbx };
    [this.#child, this.#lines] = [child, lines];
  }

  /** @param places calls at a time */
  static async open(places: number): Promise<SoakVoices> {
    const child = spawn(await voiceProgram("soak"), [String(places)], { stdio: ["pipe", "pipe", "inherit"] });
    endsWithUs(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new SoakVoices(child, lines, (await lines.next()).value ?? "");
  }

  /** @param phone where the relay listens for the phone, `pbx` for the PBX */
  speak(place: number, phone: Place, pbx: Place, key: Buffer | undefined): void {
    const words = [phone.address, phone.port, pbx.address, pbx.port, key?.toString("hex") ?? ""];
    this.#child.stdin.write(`+ ${place} ${words.join(" ")}\n`);
  }

  silence(place: number): void {
    this.#child.stdin.write(`- ${place}\n`);
  }

  async heard(): Promise<SoakHeard> {
    this.#child.stdin.write("?\n");
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the voices ended early");
    return JSON.parse(value) as SoakHeard;
  }

  close(): void {
    this.#child.stdin.end();
  }
}
