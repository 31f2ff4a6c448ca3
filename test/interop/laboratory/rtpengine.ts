/** Instances of rtpengine on Ringfence's two networks, each with addresses of its own, in userspace. */
import type { Program } from "../../support/program.ts";
import type { Laboratory } from "./laboratory.ts";

export interface InstanceAddresses {
  readonly outside: string;
  readonly inside: string;
  /** Of its control port, as the configuration and the status name it. */
  readonly control: string;
}

/** @param number from 1 */
export function instanceAddresses(number: number): InstanceAddresses {
  const inside = `10.30.0.${40 + number}`;
  return { outside: `198.51.100.${40 + number}`, inside, control: `${inside}:2223` };
}

export class Instance {
  readonly addresses: InstanceAddresses;
  readonly #laboratory: Laboratory;
  readonly #name: string;
  #starts = 0;
  #program: Program | undefined;

  private constructor(laboratory: Laboratory, number: number) {
    this.#laboratory = laboratory;
    this.#name = `rtpengine-${number}`;
    this.addresses = instanceAddresses(number);
  }

  /** Resolves when it runs. */
  static async start(laboratory: Laboratory, number: number): Promise<Instance> {
    const instance = new Instance(laboratory, number);
    laboratory.addAddress("ringfence", "outside", `${instance.addresses.outside}/24`);
    laboratory.addAddress("ringfence", "inside", `${instance.addresses.inside}/24`);
    await instance.again();
    return instance;
  }

  /** After `kill`: a new one that knows of no call. */
  async again(): Promise<void> {
    const { outside, inside, control } = this.addresses;
    this.#program = this.#laboratory.run("ringfence", `${this.#name}-${++this.#starts}`, {
      command: "rtpengine",
      args: [
        // Debian's own file opens ports of its own.
        "--config-file=none",
        ...["--foreground", "--log-stderr", "--log-level=6", "--table=-1"],
        ...[`--interface=pub/${outside}`, `--interface=priv/${inside}`, `--listen-ng=${control}`],
        ...["--port-min=30000", "--port-max=30999", "--delete-delay=0"],
      ],
    });
    await this.#program.says("Startup complete");
  }

  /** Without a goodbye. */
  async kill(): Promise<void> {
    await this.#program?.stop("SIGKILL");
  }
}
