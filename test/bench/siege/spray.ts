/**
 * Threat L1 at full size: RTP and RTCP to every port of the range, before, during and after calls, from the phones' /24 and from elsewhere, and,
 * while the phones speak, from a phone's own address, as behind the same NAT. And threat L14: re-INVITEs that name other hosts.
 */
import { sleep } from "../bench.ts";
import { SoakVoices } from "../load/soak-voices.ts";
import type { PortRange } from "../load/stranger.ts";
import { elsewherePort, SiegeCalls } from "./calls.ts";
import { Crowd } from "./crowd.ts";
import { hosts, type Namespaces, placedIn } from "./network.ts";
import { type Relay, type RelayName, startRelay } from "./relay.ts";
import { Wire } from "./wire.ts";

export interface SprayOrder {
  readonly relay: RelayName;
  readonly calls: number;
  readonly ports: PortRange;
  /** Of each stranger, over all ports. */
  readonly packetsPerSecond: number;
  /** Every port gets so many packets of each in every phase: five that agree would be learnt. */
  readonly rounds: number;
}

export interface SprayPhase {
  readonly phase: string;
  readonly sprayed: number;
  /** What the strangers were sent. */
  readonly caught: number;
  /** What reached a far leg and its other side did not send. */
  readonly injected: number;
  /** Calls in which each side heard the other; undefined: nobody speaks, or nobody is to be heard. */
  readonly twoWay: number | undefined;
  readonly lost: number;
}

export interface SprayResult {
  readonly phases: readonly SprayPhase[];
  /** Phones whose port changed, after their re-INVITE: how many were heard both ways, and how long the slowest took. */
  readonly resumed: { readonly calls: number; readonly slowestMs: number };
  /** Re-INVITEs that name places where the phone is not: how many were refused, and packets that left the relay for any of these. */
  readonly misdirected: { readonly asked: number; readonly refused: number; readonly packets: number };
  /** Lines of the log about foreign sources. */
  readonly reported: number;
}

export async function spray(order: SprayOrder, { relay, parties, stranger }: Namespaces): Promise<SprayResult> {
  const besieged = await startRelay(order.relay, order.ports, relay);
  const placed = placedIn(parties);
  const voices = await SoakVoices.open(order.calls, { phone: hosts.phone, pbx: hosts.pbx, placed });
  const outside = await Crowd.gather(stranger, hosts.faraway, hosts.neighbour);
  const sameNat = await Crowd.gather(parties, hosts.phone);
  const elsewhere = await Wire.tap(relay, [elsewherePort, elsewherePort + 1]);
  try {
    return await new Spray(order, besieged, voices, [outside, sameNat], elsewhere).run();
  } finally {
    await elsewhere.cut();
    for (const one of [outside, sameNat, voices]) one.close();
    await besieged.stop();
  }
}

/** How long a call may take to be heard both ways before it counts as one that is not. */
const PATIENCE_MS = 15_000;

class Spray {
  readonly #order: SprayOrder;
  readonly #relay: Relay;
  readonly #voices: SoakVoices;
  readonly #outside: Crowd;
  readonly #sameNat: Crowd;
  readonly #elsewhere: Wire;
  readonly #phases: SprayPhase[] = [];

  constructor(
    order: SprayOrder,
    relay: Relay,
    voices: SoakVoices,
    [outside, sameNat]: readonly [Crowd, Crowd],
    elsewhere: Wire,
  ) {
    this.#order = order;
    this.#relay = relay;
    this.#voices = voices;
    this.#outside = outside;
    this.#sameNat = sameNat;
    this.#elsewhere = elsewhere;
  }

  async run(): Promise<SprayResult> {
    const { calls: count, ports, packetsPerSecond } = this.#order;
    const calls = new SiegeCalls(this.#relay.calls, this.#voices, count);
    this.#outside.spray(ports, packetsPerSecond, "media");
    await this.#phase("before any call", "silent", async () => undefined);
    await this.#phase("set-up", "speaking", () => calls.setUp());
    await this.#phase("in call", "speaking", async () => undefined);
    await this.#phase("in call, also from the phone's own address", "speaking", async () => {
      this.#sameNat.spray(ports, packetsPerSecond, "media");
      await this.#sameNat.goRound(this.#order.rounds);
    });
    await this.#phase("re-INVITE while both speak, so too", "speaking", () => calls.refresh());
    this.#sameNat.rest();
    let refused = 0;
    const misdirect = async (direction: "sendrecv" | "sendonly") => {
      refused += await calls.misdirect(direction);
    };
    await this.#phase("re-INVITEs that name other hosts", "silent", () => misdirect("sendrecv"));
    await this.#phase("back by a re-INVITE", "speaking", () => calls.refresh());
    await this.#phase("on hold", "silent", () => calls.hold());
    await this.#phase("on hold, other hosts named", "silent", () => misdirect("sendonly"));
    await this.#phase("taken back by a re-INVITE", "speaking", () => calls.resume());
    await this.#phase("phones behind a NAT that changed their port", "silent", async () => calls.move());
    await this.#phase("the same, after their re-INVITE", "speaking", () => calls.comeBack());
    const { resumed, resumedMs } = await this.#voices.heard();
    await this.#phase("after the calls", "silent", () => calls.hangUp());
    return {
      phases: this.#phases,
      resumed: { calls: resumed, slowestMs: resumedMs },
      misdirected: { asked: 2 * count, refused, packets: await this.#elsewhere.cut() },
      reported: this.#relay.lines("rtp.foreign_source"),
    };
  }

  /** @param parties `speaking`: to the end of it everybody is to be heard */
  async #phase(phase: string, parties: "speaking" | "silent", work: () => Promise<void>): Promise<void> {
    const [before, foreign] = [await this.#count(), (await this.#voices.heard()).foreign];
    this.#voices.countAnew();
    await work();
    const { lost } = await this.#voices.heard();
    // Who is heard now counts, not who was on the way here.
    this.#voices.countAnew();
    await this.#outside.goRound(this.#order.rounds);
    const twoWay = parties === "speaking" ? await this.#heardBothWays() : undefined;
    const [after, heard] = [await this.#count(), await this.#voices.heard()];
    this.#phases.push({
      phase,
      sprayed: after.sent - before.sent,
      caught: after.received - before.received,
      injected: heard.foreign - foreign,
      twoWay,
      lost: lost + heard.lost,
    });
  }

  async #heardBothWays(): Promise<number> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const { twoWay } = await this.#voices.heard();
      if (twoWay === this.#order.calls || performance.now() > until) return twoWay;
      await sleep(100);
    }
  }

  async #count(): Promise<{ readonly sent: number; readonly received: number }> {
    const [one, other] = [await this.#outside.count(), await this.#sameNat.count()];
    return { sent: one.sent + other.sent, received: one.received + other.received };
  }
}
