/** The real rtpengine on loopback, in userspace; it is ended by its process id, and dies with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./free-port.ts";
import { findProgram } from "./outside-program.ts";

/** Of util-linux: sends a signal to its program when we end, however we end. */
const dyingWithUs = findProgram("setpriv") ?? "setpriv";

export class RtpengineProcess {
  /** Of its control socket on 127.0.0.1. */
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  /** Resolves when it runs. @throws Error with what it said when it ends instead */
  static async start(): Promise<RtpengineProcess> {
    const port = await freePort();
    const args = [
      // Debian's own file opens ports of its own.
      "--config-file=none",
      ...["--foreground", "--log-stderr", "--log-level=6", "--table=-1", "--interface=127.0.0.1"],
      ...[`--listen-ng=127.0.0.1:${port}`, "--port-min=48000", "--port-max=48999", "--delete-delay=0"],
    ];
    const command = ["--pdeathsig", "KILL", findProgram("rtpengine") ?? "rtpengine", ...args];
    const child = spawn(dyingWithUs, command, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("Startup complete")) resolve();
      });
      child.once("error", reject);
      child.once("close", () => reject(new Error(`rtpengine ended: ${said}`)));
    });
    return new RtpengineProcess(port, child);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
