/** A PBX, Ringfence, and as many SIPp phones as a file's flows want, each flow with numbers of its own. */
import { writeFileSync } from "node:fs";
import type { Captured } from "../../support/pcap.ts";
import { Capture } from "./capture.ts";
import { addresses, Laboratory, repository } from "./laboratory.ts";
import { linePassword } from "./pbx.ts";
import { config, Ringfence } from "./ringfence.ts";
import { domain, SippPhone } from "./sipp-phone.ts";
import type { StandIn, StartedPbx } from "./stand-in.ts";
import { crossing, identifiers, sipTexts, withoutDigestUri } from "./wire.ts";

export interface FloorSettings {
  /** Below `phones:`. */
  readonly phones?: string;
  readonly more?: string;
  /** A line below `core:`. */
  readonly core?: string;
  readonly knobs?: Readonly<Record<string, string>>;
  /** `edge`: Ringfence asks the phones for their passwords, and answers the PBX for them. */
  readonly authentication?: "relay" | "edge";
  /** Of Ringfence: see fast-clock.ts. */
  readonly clock?: "real" | "fast";
  /** What has to be there when Ringfence starts. */
  readonly before?: (laboratory: Laboratory) => void;
}

const firstNumber = 2001;
const mostNumbers = 80;
const firstPort = 5100;
const firstRelayPort = 6100;
const numbers = Array.from({ length: mostNumbers }, (_, place) => String(firstNumber + place));

/** What Ringfence challenges out of a dialog. */
const everything = ["INVITE", "MESSAGE", "SUBSCRIBE", "PUBLISH"];
/** SIPp knows MD5 only. */
const edgeAuthentication = ["authentication: edge", "digest: [MD5]", "accounts: { file: accounts.yaml }"];

function writeAccounts(laboratory: Laboratory): void {
  const lines = numbers.map((user) => `"${user}": { password: "${linePassword(user)}" }`);
  writeFileSync(laboratory.path("accounts.yaml"), lines.join("\n"), { mode: 0o600 });
}

export class Floor {
  readonly laboratory: Laboratory;
  readonly ringfence: Ringfence;
  readonly pbx: StartedPbx;
  readonly #challenged: readonly string[];
  readonly #captures: readonly [outside: Capture, inside: Capture];
  #phones = 0;

  private constructor(
    challenged: readonly string[],
    laboratory: Laboratory,
    ringfence: Ringfence,
    pbx: StartedPbx,
    captures: readonly [Capture, Capture],
  ) {
    this.laboratory = laboratory;
    this.ringfence = ringfence;
    this.pbx = pbx;
    this.#challenged = challenged;
    this.#captures = captures;
  }

  static async open(name: string, standIn: StandIn, settings: FloorSettings = {}): Promise<Floor> {
    const laboratory = Laboratory.open(`${name}-${standIn.folder}`);
    try {
      return await Floor.#in(laboratory, standIn, settings);
    } catch (error) {
      // The next floor of this process has namespaces of the same names.
      await laboratory.close();
      throw error;
    }
  }

  static async #in(laboratory: Laboratory, standIn: StandIn, settings: FloorSettings): Promise<Floor> {
    const captures = Promise.all([
      Capture.start(laboratory, "outside", "flows"),
      Capture.start(laboratory, "inside", "flows"),
    ]);
    const pbx = await standIn.start(laboratory, numbers, settings.knobs ?? {});
    const atEdge = settings.authentication === "edge";
    if (atEdge) writeAccounts(laboratory);
    const phones = [
      "media: { srtp: optional }",
      // Otherwise every flow would have to expect questions of ours.
      "keepalive: off",
      "methods: { message: true, subscribe: true, refer: true }",
      ...(settings.phones === undefined ? [] : [settings.phones]),
      ...(atEdge ? edgeAuthentication : []),
    ].join("\n  ");
    settings.before?.(laboratory);
    const text = config({ phones, more: settings.more ?? "", core: settings.core ?? "" });
    const ringfence = await Ringfence.start(laboratory, text, settings.clock);
    return new Floor(atEdge ? everything : standIn.challenged, laboratory, ringfence, pbx, await captures);
  }

  /** The next number, not registered. @param user another phone of that number */
  phone(user?: string): SippPhone {
    const place = this.#phones++;
    const number = user ?? numbers[place];
    if (number === undefined) throw new Error("no number is left");
    return new SippPhone(this.laboratory, {
      party: place % 2 === 0 ? "phone" : "phone2",
      user: number,
      password: linePassword(number),
      port: firstPort + place,
      server: `${addresses.ringfenceOutside}:5060`,
      challenged: this.#challenged,
      transport: "UDP",
    });
  }

  /** A phone on a connection of its own: SIPp behind a relay. */
  async connected(transport: "TCP" | "TLS"): Promise<SippPhone> {
    const place = this.#phones++;
    const user = numbers[place];
    if (user === undefined) throw new Error("no number is left");
    const party = place % 2 === 0 ? "phone" : "phone2";
    const [port, relayPort] = [firstPort + place, firstRelayPort + place];
    const relay = this.laboratory.run(party, `${user}-relay`, {
      command: process.execPath,
      args: [
        `${repository}/test/interop/laboratory/datagram-relay.ts`,
        ...[addresses[party], String(relayPort), String(port), transport.toLowerCase()],
        ...[addresses.ringfenceOutside, transport === "TLS" ? "5061" : "5060"],
      ],
    });
    await relay.says("connected");
    const [password, server] = [linePassword(user), `${addresses[party]}:${relayPort}`];
    return new SippPhone(this.laboratory, {
      party,
      user,
      password,
      port,
      server,
      challenged: this.#challenged,
      transport,
    });
  }

  /** So many phones with a number each, registered. */
  async registered<T extends readonly SippPhone[]>(count: T["length"]): Promise<T> {
    const phones = Array.from({ length: count }, () => this.phone());
    await Promise.all(phones.map((phone) => phone.plays("register")));
    return phones as readonly SippPhone[] as T;
  }

  /** SIP over UDP that was seen on one side up to now. */
  seen(side: "outside" | "inside"): readonly string[] {
    return sipTexts(this.packets(side));
  }

  packets(side: "outside" | "inside"): readonly Captured[] {
    return this.#captures[side === "outside" ? 0 : 1].soFar();
  }

  /** Names of either side that were seen on the other: Call-IDs, tags, branches, contacts, programs, addresses. */
  async leaks(): Promise<{
    readonly outside: readonly string[];
    readonly inside: readonly string[];
    readonly messages: number;
  }> {
    const [outside, inside] = (await Promise.all(this.#captures.map((capture) => capture.stop()))).map((packets) =>
      sipTexts(packets).map(withoutDigestUri),
    );
    if (outside === undefined || inside === undefined) throw new Error("two captures");
    // An address-of-record is the same on both sides.
    const names = (messages: readonly string[]) =>
      identifiers(messages).filter((name) => !name.includes(`@${domain}>`));
    return {
      outside: crossing([...names(inside), "10.30.0."], outside),
      inside: crossing([...names(outside), "198.51.100."], inside),
      messages: outside.length + inside.length,
    };
  }

  close(): Promise<void> {
    return this.laboratory.close();
  }
}
