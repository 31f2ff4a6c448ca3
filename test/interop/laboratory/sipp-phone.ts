/** A phone that is SIPp with scenarios of ours: one number, one port, one role at a time. */
import { readFileSync, writeFileSync } from "node:fs";
import { addresses, type Laboratory, repository } from "./laboratory.ts";
import { type ScenarioSettings, writeScenario } from "./scenario.ts";
import { Sipp } from "./sipp.ts";

export interface SippPhoneSettings {
  readonly party: "phone" | "phone2" | "carrier" | "pbx";
  /** Without it: the party's usual one. */
  readonly address?: string;
  readonly user: string;
  readonly domain?: string;
  readonly password: string;
  readonly port: number;
  /** Where everything is sent. */
  readonly server: string;
  readonly challenged: readonly string[];
  readonly transport: ScenarioSettings["transport"];
}

/** SIPp waits for a message as long as it takes; this is when the flow has failed. */
const patienceSeconds = 25;
export const domain = "pbx.example.com";
let played = 0;

export class SippPhone {
  readonly user: string;
  readonly #laboratory: Laboratory;
  readonly #settings: SippPhoneSettings;

  constructor(laboratory: Laboratory, settings: SippPhoneSettings) {
    this.user = settings.user;
    this.#laboratory = laboratory;
    this.#settings = settings;
  }

  /**
   * Plays a scenario of test/interop/sipp to its end.
   * @throws Error with what SIPp says was wrong, unless every call of it went well
   */
  async plays(scenario: string, values: Readonly<Record<string, string>> = {}, calls = 1): Promise<void> {
    const { sipp, name } = this.#start(scenario, values, ["-m", String(calls), "-timeout", String(patienceSeconds)]);
    const code = await sipp.ended;
    if (code !== 0) throw new Error(`${scenario} of ${this.user}: exit ${code}: ${this.#problem(name)}`);
    const { successful, failed } = sipp.counts();
    if (successful !== calls || failed !== 0)
      throw new Error(`${scenario} of ${this.user}: ${successful} went well, ${failed} failed`);
  }

  /** Plays it again and again, until it is stopped; then its counts tell how that went. */
  serves(scenario: string, values: Readonly<Record<string, string>> = {}): Sipp {
    return this.#start(scenario, values, []).sipp;
  }

  #start(
    scenario: string,
    values: Readonly<Record<string, string>>,
    end: readonly string[],
  ): { readonly sipp: Sipp; readonly name: string } {
    const { party, user, password, port, server, challenged, transport } = this.#settings;
    const { address = addresses[party], domain: home = domain } = this.#settings;
    played += 1;
    const name = `${user.replace("+", "")}-${scenario}-${played}`;
    const file = this.#laboratory.path(`${name}.xml`);
    const source = readFileSync(`${repository}/test/interop/sipp/${scenario}.xml`, "utf8");
    const { text, target } = writeScenario(source, { user, domain: home, transport, challenged, values });
    writeFileSync(file, text);
    const sipp = Sipp.start(this.#laboratory, party, name, [
      server,
      ...["-sf", file, "-t", "u1", "-i", address, "-p", String(port)],
      // Ports of its own beside the others of this namespace.
      ...["-mp", String(20_000 + 4 * played), "-cp", String(40_000 + played)],
      // Without the address: a Call-ID stands in a URI when a call is transferred.
      ...["-au", user, "-ap", password, "-cid_str", `%u-%p-${user}-call`],
      // Otherwise its digests are about an address of the server.
      ...(target === undefined ? [] : ["-auth_uri", target.replace("sip:", "")]),
      ...[...end, "-timeout_error"],
    ]);
    return { sipp, name };
  }

  #problem(name: string): string {
    try {
      return readFileSync(this.#laboratory.path(`${name}-errors.log`), "utf8").slice(0, 3_000);
    } catch {
      return readFileSync(this.#laboratory.path(`${name}.log`), "utf8").slice(-1_500);
    }
  }
}
