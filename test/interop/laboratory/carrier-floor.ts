/** A floor with carriers: each trunk of the configuration has hosts of its own, and one number prefix leads to it. */
import { writeFileSync } from "node:fs";
import { Floor } from "./floor.ts";
import { addresses, carrierHosts, type Laboratory } from "./laboratory.ts";
import { SippPhone } from "./sipp-phone.ts";
import type { StandIn } from "./stand-in.ts";

const account = { account: "4930777", password: "Tj6-amber-90" } as const;
const credentials = `credentials: { user: "${account.account}", password: { file: carrier-password }, realm: carrier.example }`;

/** Dialled prefix, how many hosts, and what its configuration says. */
const trunks = {
  plain: { prefix: "31", hosts: 1, more: 'inbound: { did: ["+1555010????"] }' },
  digest: { prefix: "32", hosts: 1, more: credentials },
  registered: { prefix: "33", hosts: 1, more: `mode: register, ${credentials}` },
  silent: { prefix: "34", hosts: 2, more: "" },
  overloaded: { prefix: "35", hosts: 2, more: "" },
  watched: { prefix: "36", hosts: 2, more: "keepalive: 5s" },
  international: { prefix: "0", hosts: 1, more: "" },
  technical: { prefix: "38", hosts: 1, more: "" },
} as const;

export type TrunkName = keyof typeof trunks;

/** How these carriers want numbers. */
const numbers: Partial<Readonly<Record<TrunkName, string>>> = {
  international: 'format: e164, country_code: "44", caller_id: pai, scheme: tel',
  technical: 'tech_prefix: "77", user_phone: true',
};

/** Away from the phones' sockets, and shared by all trunks. */
const socket = { address: addresses.ringfenceOutside, port: 5_080 } as const;

/** Every trunk takes the next addresses. */
const hostsOf = (name: TrunkName): readonly string[] => {
  const names = Object.keys(trunks) as TrunkName[];
  const before = names.slice(0, names.indexOf(name)).reduce((sum, one) => sum + trunks[one].hosts, 0);
  return carrierHosts.slice(before, before + trunks[name].hosts);
};

function trunkText(name: TrunkName): string {
  const { prefix, more } = trunks[name];
  const hosts = hostsOf(name).map((host, place) => `{ uri: "sip:${host}", priority: ${place + 1} }`);
  const rules = [`prefix: ["${prefix}"]`, ...(numbers[name] === undefined ? [] : [numbers[name]])].join(", ");
  const listen = `listen: [{ transport: udp, address: ${socket.address}, port: ${socket.port} }]`;
  const parts = [`name: ${name}`, `hosts: [${hosts.join(", ")}]`, listen, `numbers: { ${rules} }`, more];
  return `  - { ${parts.filter((part) => part !== "").join(", ")} }`;
}

export class CarrierFloor {
  readonly account = account;
  readonly floor: Floor;
  #ports = 5_200;

  private constructor(floor: Floor) {
    this.floor = floor;
  }

  static async open(name: string, standIn: StandIn): Promise<CarrierFloor> {
    const more = `trunks:\n${(Object.keys(trunks) as TrunkName[]).map(trunkText).join("\n")}\n`;
    const before = (laboratory: Laboratory): void => {
      writeFileSync(laboratory.path("carrier-password"), account.password, { mode: 0o600 });
      // Asked at once, and not again for half a minute.
      void host(laboratory, "registered")
        .plays("carrier-registrar", account)
        .catch(() => undefined);
    };
    return new CarrierFloor(await Floor.open(name, standIn, { more, before }));
  }

  /** A host of this carrier, on the port that is called. */
  host(trunk: TrunkName, place = 0): SippPhone {
    return host(this.floor.laboratory, trunk, place);
  }

  /** The carrier as a caller: carriers call from any port. */
  caller(trunk: TrunkName): SippPhone {
    return host(this.floor.laboratory, trunk, 0, this.#ports++);
  }

  /** Seconds on the wire between the first INVITEs of one call to two hosts of a trunk. @throws Error when one got none */
  failoverSeconds(trunk: TrunkName, number: string): number {
    const invites = this.floor.packets("outside").filter(({ payload }) => payload.includes(`INVITE sip:${number}@`));
    const [first, second] = hostsOf(trunk).map((address) => invites.find((packet) => packet.destination === address));
    if (first === undefined || second === undefined)
      throw new Error(`${number} was not sent to both hosts of ${trunk}`);
    return second.time - first.time;
  }

  /** Which host of a trunk was sent this number. */
  hostCalled(trunk: TrunkName, number: string): number {
    const invites = this.floor.packets("outside").filter(({ payload }) => payload.includes(`INVITE sip:${number}@`));
    return hostsOf(trunk).indexOf(invites[0]?.destination ?? "");
  }

  /** Where carriers send calls to this number. */
  at(number: string): string {
    return `sip:${number}@${socket.address}:${socket.port}`;
  }
}

const host = (laboratory: Laboratory, trunk: TrunkName, place = 0, port = 5_060): SippPhone =>
  new SippPhone(laboratory, {
    party: "carrier",
    address: hostsOf(trunk)[place] ?? "",
    user: "+442071234567",
    domain: "carrier.example",
    password: "",
    port,
    server: `${socket.address}:${socket.port}`,
    challenged: [],
    transport: "UDP",
  });
