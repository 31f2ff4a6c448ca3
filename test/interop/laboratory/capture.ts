/** tcpdump on one of Ringfence's two interfaces: everything that it received and sent on that side. */
import { readFileSync } from "node:fs";
import { type Captured, readPcap } from "../../support/pcap.ts";
import type { Program } from "../../support/program.ts";
import type { Laboratory } from "./laboratory.ts";

export class Capture {
  readonly #program: Program;
  readonly #file: string;

  private constructor(program: Program, file: string) {
    this.#program = program;
    this.#file = file;
  }

  /** Resolves when it captures. */
  static async start(laboratory: Laboratory, side: "outside" | "inside", name: string): Promise<Capture> {
    const file = laboratory.path(`${name}-${side}.pcap`);
    const program = laboratory.run("ringfence", `${name}-${side}-tcpdump`, {
      command: "tcpdump",
      args: [
        ...["-i", side, "-n", "-p"],
        // Handed over and written at once, or the last second is missing when it ends.
        ...["--immediate-mode", "-U"],
        // That mode has slots of this size in a buffer of so many KiB: 16,384 packets; a longer one fails the reading.
        ...["-s", "4096", "-B", "65536"],
        // As the user that owns the folder.
        ...["-Z", "root", "-w", file],
        "udp or tcp",
      ],
    });
    await program.says("listening on");
    return new Capture(program, file);
  }

  /** What was captured up to now, while it goes on. */
  soFar(): readonly Captured[] {
    return readPcap(readFileSync(this.#file));
  }

  /** Ends it and reads what it wrote. @throws Error when the kernel dropped packets: then nothing is proved */
  async stop(): Promise<readonly Captured[]> {
    await this.#program.stop("SIGINT");
    if (!this.#program.output.includes("\n0 packets dropped by kernel")) {
      throw new Error(`the capture is not whole: ${this.#program.output}`);
    }
    return readPcap(readFileSync(this.#file));
  }
}
