/** tcpdump on the loopback interface: what crosses the sockets of one Ringfence, and of nobody else. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { eventually } from "../support/eventually.ts";
import { findProgram } from "../support/outside-program.ts";
import { type Captured, readPcap } from "../support/pcap.ts";

export class LoopbackCapture {
  readonly #file: string;
  readonly #child: ChildProcess;
  #said = "";

  private constructor(file: string, ports: readonly number[]) {
    this.#file = file;
    // Handed over and written at once; a packet longer than that, of which 4,096 find room, fails the reading.
    const args = ["-i", "lo", "-n", "--immediate-mode", "-U", "-s", "16384", "-B", "65536", "-Z", "root", "-w", file];
    const wanted = ports.map((port) => `port ${port}`).join(" or ");
    this.#child = spawn(findProgram("tcpdump") ?? "", [...args, wanted], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
  }

  static async start(file: string, ports: readonly number[]): Promise<LoopbackCapture> {
    const capture = new LoopbackCapture(file, ports);
    await eventually("tcpdump to listen", () => capture.#said.includes("listening on"));
    return capture;
  }

  /** Until that was captured too. @throws Error when the kernel dropped packets: then nothing is proved */
  async upTo(last: string): Promise<readonly Captured[]> {
    await eventually(`tcpdump to see ${last}`, () => readFileSync(this.#file).includes(last));
    const over = once(this.#child, "close");
    this.#child.kill("SIGINT");
    await over;
    if (!this.#said.includes("\n0 packets dropped by kernel")) throw new Error(`not whole: ${this.#said}`);
    return readPcap(readFileSync(this.#file));
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}
