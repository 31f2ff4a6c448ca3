/**
 * Two networks with Ringfence between them, and nothing else that leads from one to the other:
 *
 *     phone .11 ─┐                                           ┌─ pbx 10.30.0.5
 *    phone2 .12 ─┤                                           │
 *   phone3 .13 ─┤                                           │
 *   carrier .21 ─┼─ outside ── .1  Ringfence  .2 phones ── inside
 *  attacker .66 ─┘  198.51.100.0/24           .3 trunks     10.30.0.0/24
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inNamespace, NetworkOfNamespaces } from "../../support/network-namespace.ts";
import { Program, type ProgramOptions } from "../../support/program.ts";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));

export const addresses = {
  ringfenceOutside: "198.51.100.1",
  phone: "198.51.100.11",
  phone2: "198.51.100.12",
  phone3: "198.51.100.13",
  carrier: "198.51.100.21",
  attacker: "198.51.100.66",
  ringfenceForPhones: "10.30.0.2",
  ringfenceForTrunks: "10.30.0.3",
  pbx: "10.30.0.5",
} as const;

/** Hosts of carriers, all in the carrier's namespace; the first is its usual one. */
export const carrierHosts: readonly string[] = Array.from({ length: 12 }, (_, place) => `198.51.100.${21 + place}`);

/** What the parties outside have besides when the laboratory is opened with IPv6. */
export const addresses6 = {
  ringfenceOutside: "2001:db8::1",
  phone: "2001:db8::11",
  phone2: "2001:db8::12",
  phone3: "2001:db8::13",
} as const;

export type OutsideParty = "phone" | "phone2" | "phone3" | "carrier" | "attacker";
export type Party = OutsideParty | "pbx" | "ringfence";

export class Laboratory {
  /** Logs, captures and recordings of this file's last run. */
  readonly folder: string;
  readonly #network: NetworkOfNamespaces;
  readonly #namespaces = new Map<Party, string>();
  readonly #programs: Program[] = [];

  private constructor(folder: string, network: NetworkOfNamespaces) {
    this.folder = folder;
    this.#network = network;
  }

  /**
   * @param name of the folder below .state/interop
   * @param families `both`: the phones and Ringfence have `addresses6` outside as well
   */
  static open(name: string, families: "ipv4" | "both" = "ipv4"): Laboratory {
    const folder = join(repository, ".state", "interop", name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const laboratory = new Laboratory(folder, NetworkOfNamespaces.open(["outside", "inside"]));
    laboratory.#build();
    if (families === "both") laboratory.#addIpv6();
    return laboratory;
  }

  #build(): void {
    for (const party of ["phone", "phone2", "phone3", "carrier", "attacker"] as const) {
      // A way out that ends on this network: linphone asks the routing table which address is its own.
      const hosts = party === "carrier" ? carrierHosts : [addresses[party]];
      const plug = { lan: "outside", addresses: hosts.map((host) => `${host}/24`), wayOut: true } as const;
      this.#join(party, { eth0: plug });
    }
    this.#join("pbx", { eth0: { lan: "inside", addresses: [`${addresses.pbx}/24`] } });
    this.#join("ringfence", {
      outside: { lan: "outside", addresses: [`${addresses.ringfenceOutside}/24`] },
      inside: {
        lan: "inside",
        addresses: [`${addresses.ringfenceForPhones}/24`, `${addresses.ringfenceForTrunks}/24`],
      },
    });
  }

  #addIpv6(): void {
    for (const party of ["phone", "phone2", "phone3"] as const) {
      this.#network.addAddress(this.#namespace(party), "eth0", `${addresses6[party]}/64`);
    }
    this.#network.addAddress(this.#namespace("ringfence"), "outside", `${addresses6.ringfenceOutside}/64`);
  }

  /** One more for a party, with prefix length; `device` is `eth0`, or Ringfence's `outside` and `inside`. */
  addAddress(party: Party, device: string, address: string): void {
    this.#network.addAddress(this.#namespace(party), device, address);
  }

  /** A network of these two alone, such as a tunnel; addresses with prefix length. */
  cable(device: string, [one, address]: readonly [Party, string], [other, far]: readonly [Party, string]): void {
    this.#network.cable(device, [this.#namespace(one), address], [this.#namespace(other), far]);
  }

  #join(party: Party, plugs: Parameters<NetworkOfNamespaces["join"]>[1]): void {
    this.#namespaces.set(party, this.#network.join(party, plugs));
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /** Starts a program in a party's namespace; it is ended with the laboratory at the latest. */
  run(party: Party, name: string, options: Omit<ProgramOptions, "namespace" | "log">): Program {
    const program = new Program({ ...options, namespace: this.#namespace(party), log: this.path(`${name}.log`) });
    this.#programs.push(program);
    return program;
  }

  /** How to run a program in a party's namespace, for a library that wants to start and end it itself. */
  inside(party: Party, command: string): ReturnType<typeof inNamespace> {
    return inNamespace(this.#namespace(party), command, []);
  }

  #namespace(party: Party): string {
    const namespace = this.#namespaces.get(party);
    if (namespace === undefined) throw new Error(`no party ${party}`);
    return namespace;
  }

  /** Ends what still runs, the last first, and takes the network down. */
  async close(): Promise<void> {
    for (const program of this.#programs.splice(0).reverse()) await program.stop();
    this.#network.close();
  }
}
