/** Voice packets in both directions through a relay, sent by a program in C++. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { endsWithUs } from "../system.ts";
import { generatorProgram } from "./generator-program.ts";
import type { Place } from "./phones.ts";
import type { Ports } from "./relay.ts";

export interface Talk {
  readonly streams: number;
  /** Streams that send in each slot of 20 ms; all of them is what G.711 does. */
  readonly perSlot: number;
  readonly slots: number;
  /** Slots before the measurement begins: the compiler and the caches warm up. */
  readonly warmUpSlots: number;
  /** SRTP on the phone's leg. */
  readonly key: Uint8Array | undefined;
}

export interface Heard {
  readonly sent: number;
  readonly received: number;
  /** Received while it was measured. */
  readonly measured: number;
  /** What the kernel did not take from the generator. */
  readonly refused: number;
  /** What reached the generator and found its buffers full. */
  readonly unheard: number;
  readonly seconds: number;
  /** The generator's own worst delay behind its plan: large means that the machine, not the relay, was too slow. */
  readonly lateMs: number;
  /** µs from the generator's send to its receive. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export class Voices {
  readonly places: { readonly phone: Place; readonly pbx: Place };
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    ports: string,
  ) {
    const [phone = 0, pbx = 0] = ports.split(" ").map(Number);
    this.places = { phone: { address: "127.0.0.2", port: phone }, pbx: { address: "127.0.0.3", port: pbx } };
    this.#lines = lines;
    this.#child = child;
  }

  static async open(talk: Talk): Promise<Voices> {
    const program = await generatorProgram("voices");
    const { streams, perSlot, slots, warmUpSlots } = talk;
    const args = [streams, perSlot, slots, warmUpSlots].map(String);
    if (talk.key !== undefined) args.push(Buffer.from(talk.key).toString("hex"));
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    endsWithUs(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ports = await next(lines);
    return new Voices(child, lines, ports);
  }

  /** @param onMark called when the measurement begins, and when the last packet was sent */
  async talk(ports: readonly Ports[], onMark: (mark: "begin" | "end") => void): Promise<Heard> {
    this.#child.stdin.write(ports.map(({ phone, pbx }) => `${phone} ${pbx}\n`).join(""));
    for (;;) {
      const line = await next(this.#lines);
      if (line !== "begin" && line !== "end") return JSON.parse(line) as Heard;
      onMark(line);
    }
  }

  close(): void {
    this.#child.kill();
  }
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("the voices ended early");
  return value;
}
