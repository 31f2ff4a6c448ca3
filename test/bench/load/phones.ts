/** Many phones and the PBX behind the system under test, in one process of their own: SIPp knows no TLS. */
import { Child } from "./child.ts";

export interface Place {
  readonly address: string;
  readonly port: number;
}

export type PhonesQuestion =
  | { readonly kind: "pbx"; readonly at: Place }
  /** More phones, with a socket or connection each; `nat`: their Contact names an address that is not theirs. */
  | {
      readonly kind: "add";
      readonly group: string;
      readonly phones: number;
      readonly transport: "udp" | "tls";
      readonly to: Place;
      readonly nat: boolean;
    }
  /** Every phone of the group registers so many times. */
  | { readonly kind: "register"; readonly group: string; readonly rounds: number; readonly perSecond: number }
  | { readonly kind: "kept-alive"; readonly group: string };

export interface Registered {
  readonly sent: number;
  readonly answered: number;
}

export class Phones {
  readonly #child = new Child("phones.ts");

  async pbx(at: Place): Promise<void> {
    await this.#child.ask<PhonesQuestion, string>({ kind: "pbx", at });
  }

  async add(question: Omit<Extract<PhonesQuestion, { kind: "add" }>, "kind">): Promise<void> {
    await this.#child.ask<PhonesQuestion, string>({ kind: "add", ...question });
  }

  register(group: string, rounds: number, perSecond: number): Promise<Registered> {
    return this.#child.ask<PhonesQuestion, Registered>({ kind: "register", group, rounds, perSecond });
  }

  /** How many of the group have got anything that they did not ask for. */
  keptAlive(group: string): Promise<number> {
    return this.#child.ask<PhonesQuestion, number>({ kind: "kept-alive", group });
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
