/** The product as a user starts it: `./ringfence start --config FILE`, asked and reloaded with its own commands. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import type { Program } from "../../support/program.ts";
import { addresses, type Laboratory, repository } from "./laboratory.ts";

/** The part of `status --json` that the scenarios look at. */
export interface Status {
  readonly calls: number;
  readonly draining: boolean;
  readonly registrations: number;
  readonly transactions: { readonly server: number; readonly client: number };
  readonly defence: {
    readonly bans: { readonly source: number; readonly suspect: number };
    readonly dropped: { readonly banned: number };
  };
  readonly config: { readonly generation: number };
  readonly trunks: readonly {
    readonly name: string;
    readonly hosts: readonly { readonly state: string }[];
    readonly registration?: { readonly state: string };
  }[];
  readonly media: {
    readonly calls: number;
    readonly portsInUse: number;
    readonly portsDraining: number;
    readonly packetsRelayed: number;
    readonly instances: readonly { readonly place: string; readonly state: string; readonly calls: number }[];
  };
}

export interface Answer {
  readonly code: number | null;
  readonly output: string;
  readonly problems: string;
}

const command = join(repository, "ringfence");

/** Everything but the sections that a scenario brings itself. */
export function config(sections: {
  readonly phones: string;
  readonly more?: string;
  /** A line below `core:`. */
  readonly core?: string;
  readonly mediaPorts?: string;
  /** More of the `media` section, a line each. */
  readonly media?: readonly string[];
}): string {
  return `pbx:
  address: ${addresses.pbx}:5060
phones:
  domains: [pbx.example.com]
  ${sections.phones}
core:
  phones_from: ${addresses.ringfenceForPhones}:5070
  trunks_from: ${addresses.ringfenceForTrunks}:5080
  ${sections.core ?? ""}
media:
  ports: ${sections.mediaPorts ?? "20000-21999"}
${(sections.media ?? []).map((line) => `  ${line}\n`).join("")}logs: { level: debug, mask: "off" }
state: { dir: state }
${sections.more ?? ""}`;
}

export class Ringfence {
  readonly file: string;
  readonly #program: Program;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(program: Program, file: string, environment: Readonly<Record<string, string>>) {
    this.#program = program;
    this.file = file;
    this.#environment = environment;
  }

  /** @param clock `fast`: see fast-clock.ts */
  static async start(laboratory: Laboratory, text: string, clock: "real" | "fast" = "real"): Promise<Ringfence> {
    const file = laboratory.path("ringfence.yaml");
    writeFileSync(file, text);
    // A folder of our own, so that a Ringfence of the machine is neither found nor disturbed.
    const environment = { RUNTIME_DIRECTORY: laboratory.path("run") };
    const args = ["start", "--config", file];
    const preload =
      clock === "fast" ? { NODE_OPTIONS: `--import ${repository}/test/interop/laboratory/fast-clock.ts` } : {};
    const program = laboratory.run("ringfence", "ringfence", {
      command,
      args,
      environment: { ...environment, ...preload },
    });
    const ringfence = new Ringfence(program, file, environment);
    await program.says('"event":"ready"', 0, 60_000);
    return ringfence;
  }

  /** Everything it said so far. */
  get log(): string {
    return this.#program.output;
  }

  write(text: string): void {
    writeFileSync(this.file, text);
  }

  /** Any `./ringfence` command, run to its end beside the running one. */
  ask(...args: readonly string[]): Promise<Answer> {
    return new Promise((resolve) => {
      const child = spawn(command, [...args, "--config", this.file], {
        env: { ...process.env, ...this.#environment },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [output, problems] = ["", ""];
      child.stdout.on("data", (text: Buffer) => {
        output += text.toString();
      });
      child.stderr.on("data", (text: Buffer) => {
        problems += text.toString();
      });
      child.on("close", (code) => resolve({ code, output, problems }));
    });
  }

  async status(): Promise<Status> {
    const { code, output, problems } = await this.ask("status", "--json");
    if (code !== 0) throw new Error(`./ringfence status: exit ${code}: ${problems}`);
    return JSON.parse(output) as Status;
  }

  /** Waits until a look at the status says that it is so. */
  until(what: string, isSo: (status: Status) => boolean, patienceMs?: number): Promise<Status> {
    const look = async (): Promise<Status | false> => {
      const status = await this.status();
      return isSo(status) && status;
    };
    // Each look is a process of its own, and the machine is to be free for what is looked at.
    return eventually(what, look, patienceMs, 300);
  }

  /** Waits for so many packets more than were relayed before: 50 a second, a direction, and a call that Ringfence carries. */
  async talk(what: string, packets: number): Promise<void> {
    const before = (await this.status()).media.packetsRelayed;
    await this.until(what, ({ media }) => media.packetsRelayed >= before + packets, 60_000);
  }

  /** @returns exit code or signal */
  stop(): Promise<number | string> {
    return this.#program.stop();
  }
}
