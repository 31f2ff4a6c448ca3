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
      // Whole packets, handed over at once (or the last second is lost), as root (who owns the folder), with room for a burst.
      args: ["-i", side, "-n", "-p", "-s", "0", "-U", "--immediate-mode", "-B", "8192", "-Z", "root", "-w", file, "ip"],
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
