/** Watches what leaves a host for certain ports, on whatever interface. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { endsWithUs } from "../system.ts";
import { placedIn } from "./network.ts";

export class Wire {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #seen = 0;

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      // A packet is a line with "from > to"; at its end tcpdump prints an empty one.
      this.#seen += text.split(" > ").length - 1;
    });
  }

  /** Resolves when it looks. */
  static async tap(namespace: string, ports: readonly number[]): Promise<Wire> {
    const filter = ports.map((port) => `udp dst port ${port}`).join(" or ");
    const options = ["-i", "any", "-n", "-l", "--immediate-mode", filter];
    const [command, args] = placedIn(namespace)("tcpdump", options);
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    endsWithUs(child);
    const wire = new Wire(child);
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("listening on")) resolve();
      });
      child.once("exit", () => reject(new Error(`tcpdump: ${said}`)));
    });
    return wire;
  }

  /** Ends it. @returns packets that were seen */
  async cut(): Promise<number> {
    if (this.#child.exitCode === null) {
      const ended = new Promise((resolve) => this.#child.once("close", resolve));
      this.#child.kill("SIGINT");
      await ended;
    }
    return this.#seen;
  }
}
