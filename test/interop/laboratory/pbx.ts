/** The PBX stand-in (test/pbx) as a process of its own in the PBX's namespace. */
import { writeFileSync } from "node:fs";
import { eventually } from "../../support/eventually.ts";
import type { Program } from "../../support/program.ts";
import { addresses, type Laboratory, repository } from "./laboratory.ts";

export interface PbxState {
  readonly counts: Readonly<Record<string, number>>;
  readonly calls: readonly unknown[];
  readonly registrations: readonly { readonly user: string; readonly uri: string }[];
}

export const passwords = {
  "1001": "Kx7-mauve-31",
  "1002": "Qz4-ochre-58",
  "1003": "Tn6-umber-44",
  "1004": "Wd9-slate-27",
} as const;

/** Passwords of the many numbers of SIPp's flows begin so; what follows is 9999 less the number, for none may hold its user. */
export const linePasswords = "Vb3-line-";

/** Kamailio's configuration makes the same one. */
export const linePassword = (user: string): string => `${linePasswords}${9_999 - Number(user)}`;

export class Pbx {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** @param data of the accounts file (test/pbx/README.md), in place of the two extensions */
  static async start(
    laboratory: Laboratory,
    knobs: Readonly<Record<string, string>> = {},
    data: object = {},
  ): Promise<Pbx> {
    const file = laboratory.path("accounts.json");
    const accounts = Object.entries(passwords).map(([user, password]) => ({ user, password }));
    writeFileSync(file, JSON.stringify({ accounts, accept: [addresses.ringfenceForPhones], ...data }));
    const program = laboratory.run("pbx", "pbx", {
      command: process.execPath,
      args: [
        `${repository}/test/pbx/main.ts`,
        "--control",
        ...["--listen", `udp:${addresses.pbx}:5060`],
        ...["--accounts", file],
        ...["--rtp", `${addresses.pbx}:30000-30399`],
        ...Object.entries(knobs).flatMap(([name, value]) => ["--knob", `${name}=${value}`]),
      ],
    });
    await program.says('"ready":true', 0, 30_000);
    return new Pbx(program);
  }

  async state(): Promise<PbxState> {
    return JSON.parse(await this.#ask({ do: "state" })) as PbxState;
  }

  async set(knob: string, value: string): Promise<void> {
    await this.#ask({ do: "set", knob, value });
  }

  /** Waiting messages of an extension. */
  async mailbox(user: string, fresh: number, old: number): Promise<void> {
    await this.#ask({ do: "mailbox", user, fresh, old });
  }

  async #ask(question: object): Promise<string> {
    const before = this.#program.output.length;
    this.#program.write(`${JSON.stringify(question)}\n`);
    return eventually("the PBX stand-in to answer", () => {
      const said = this.#program.output.slice(before);
      return said.endsWith("\n") && said.split("\n").find((line) => line.startsWith('{"ok"'));
    });
  }
}
