/**
 * Calls by the thousand through the edge, on a network that loses, copies, delays and reorders every message: phones, a PBX
 * that is restarted now and then, and a carrier. Time is virtual, the dice have a seed: a run can be repeated.
 */
import { Deadlines, type FlowRef } from "@ringfence/sip";
import { allMethods } from "./call-up.ts";
import { EdgeWorld, type Party } from "./edge-world.ts";
import type { NetworkConditions } from "./fake-network.ts";
import { seededBytes, seededRandom } from "./seeded-random.ts";
import { offer } from "./sip-script.ts";
import type { StormWire } from "./storm-agent.ts";
import { ledgerRates, StormLedger } from "./storm-ledger.ts";
import { stormRequest } from "./storm-request.ts";
import { StormUser } from "./storm-user.ts";

/** Accounts that call and are called; each may have so many calls at one time. */
const PHONES = 40;
export const CALLS_OF_AN_ACCOUNT = 6;

const conditions: NetworkConditions = { loss: 0.04, duplicate: 0.04, minDelay: 1, maxDelay: 120 };

/** Longer than any call, its transactions, and what the edge remembers of it. */
const LONGEST = 1_600_000;

const rules = `policy:
  limits: { calls: 100000, calls_per_second: 10000, calls_per_account: ${CALLS_OF_AN_ACCOUNT}, call_duration: 5m }
  rates: { file: rates.csv }
  accounts: { default: { calls_per_hour: 10000, minutes_per_day: 1000000, spend_per_day: 999999999 } }
`;
const phoneRules = `${allMethods.replace("phone_expires: 300s", "phone_expires: 1d, pbx_expires: 1d")}
  keepalive: off`;

export interface StormTotals {
  readonly calls: number;
  readonly messages: number;
  readonly restarts: number;
  /** Why calls ended, with how many did. */
  readonly ended: ReadonlyMap<string, number>;
}

export class CallStorm {
  readonly world = new EdgeWorld(rules, {
    phones: phoneRules,
    rates: ledgerRates,
    core: "  session_timer: { expires: 600s }\n",
    trunks: `
  - name: carrier
    hosts: [{ uri: "sip:198.51.100.7", priority: 1 }, { uri: "sip:198.51.100.8", priority: 2 }]
    from: [198.51.100.7, 198.51.100.8]
    redirects: follow
`,
  });
  readonly #random: () => number;
  readonly #events = new Deadlines<() => void>();
  readonly #sides: { readonly phones: StormUser; readonly pbx: StormUser; readonly carrier: StormUser };
  readonly #phones: readonly Party[];
  /** Calls that the media relay holds ports for. */
  readonly #media = new Set<string>();
  readonly #ended = new Map<string, number>();
  readonly #ledger = new StormLedger();
  #lossless = true;
  #started = 0;
  #messages = 0;
  #restarts = 0;
  #asked = 0;

  constructor(seed: number) {
    // Midnight in UTC: no storm lasts a day.
    this.world.core.wallClock(Date.parse("2026-11-22T00:00:00Z") - this.world.now);
    this.#random = seededRandom(seed);
    const wire: StormWire = {
      now: () => this.world.now,
      later: (milliseconds, action) => void this.#events.arm(this.world.now + milliseconds, action),
      random: this.#random,
      octets: seededBytes(seed),
      send: (flow, bytes) => this.#carry(() => this.#deliver(flow, bytes)),
    };
    this.#sides = {
      phones: new StormUser(wire, "sip:phone@192.0.2.10:40000"),
      pbx: new StormUser(wire, "sip:600@10.0.0.5"),
      carrier: new StormUser(wire, "sip:carrier@198.51.100.7"),
    };
    this.world.hold = true;
    this.#phones = Array.from({ length: PHONES }, (_, index) => this.world.phone(`192.0.2.${10 + index}`));
    for (const [index, phone] of this.#phones.entries()) this.#register(phone, index);
    this.#run(this.world.now + 70_000);
    if (this.world.core.counts().registrations !== PHONES) throw new Error("the phones are not registered");
    this.#lossless = false;
  }

  get totals(): StormTotals {
    return { calls: this.#started, messages: this.#messages, restarts: this.#restarts, ended: this.#ended };
  }

  /** What must be what it was, once everything has ended. */
  counters() {
    const { registrations, calls, subscriptions, transactions, timers, inFlight, paidCalls } = this.world.core.counts();
    return {
      registrations,
      calls,
      subscriptions,
      ...transactions,
      timers,
      inFlight,
      paidCalls,
      media: this.#media.size,
    };
  }

  ledger() {
    return this.#ledger.judge(this.world);
  }

  /** So many calls more, some fifty a second, and then silence until nothing of them can be left. */
  calls(count: number): void {
    const until = this.#started + count;
    while (this.#started < until) {
      this.#begin();
      if (this.#random() < 0.002) this.#restart();
      this.#run(this.world.now + this.#random() * 40);
    }
    this.#run(this.world.now + LONGEST);
    // Nobody reads there.
    const { world } = this;
    const others = [world.pbx(), world.pbx("trunks"), world.carrier(), world.carrier("198.51.100.8")];
    for (const party of [...this.#phones, ...others]) party.inbox.length = 0;
  }

  /**
   * How many calls one account gets at one time when it tries more than it may: as many as the limit says, if every call
   * before was counted once up and once down.
   */
  callsOfOneAccount(): number {
    this.#lossless = true;
    const [phone] = this.#phones;
    for (let tried = 0; phone !== undefined && tried < 2 * CALLS_OF_AN_ACCOUNT; tried++) {
      this.#invite(this.#sides.phones, phone, "sip:600@pbx.example.com", "1010");
    }
    const asked = this.world.now + 15;
    this.#run(asked);
    this.#run(asked + 130);
    const { calls } = this.world.core.counts();
    this.#run(this.world.now + LONGEST);
    this.#lossless = false;
    return calls;
  }

  #register(phone: Party, index: number): void {
    const { address, port } = phone.flow.packetSource;
    this.#sides.phones.ask(
      phone.flow,
      stormRequest(++this.#asked, "REGISTER", "sip:pbx.example.com", `10${index + 10}`, [
        ["Contact", `<sip:10${index + 10}@${address}:${port}>`],
        ["Expires", "86400"],
      ]),
    );
  }

  #begin(): void {
    const { phones, pbx, carrier } = this.#sides;
    const dice = this.#random();
    const index = Math.floor(this.#random() * PHONES);
    const phone = this.#phones[index] as Party;
    const account = `10${index + 10}`;
    const called = pbx.phones[Math.floor(this.#random() * pbx.phones.length)] ?? "";
    const number = this.#random() < 0.5 ? "600" : "+4930600";
    if (dice < 0.03) {
      const own = ["Contact", `<sip:${account}@${phone.flow.packetSource.address}:40000>`] as const;
      const watch = [["Event", "dialog"], ["Expires", "60"], own] as const;
      phones.ask(phone.flow, stormRequest(++this.#asked, "SUBSCRIBE", "sip:600@pbx.example.com", account, watch));
    } else if (dice < 0.45) this.#invite(phones, phone, `sip:${number}@pbx.example.com`, account);
    else if (dice < 0.7) this.#invite(pbx, this.world.pbx(), called, "600");
    else if (dice < 0.85) this.#invite(pbx, this.world.pbx("trunks"), "sip:+4930123@10.0.0.3", "+49301001");
    else this.#invite(carrier, this.world.carrier(), "sip:+4930999@203.0.113.1", "+4955");
  }

  #invite(user: StormUser, party: Party, uri: string, from: string): void {
    const early = this.#random() < 0.85;
    const { address, port } = party.flow.packetSource;
    const timed = this.#random() < 0.4;
    const request = stormRequest(++this.#asked, "INVITE", uri, from, [
      ["Contact", `<sip:${from}@${address}:${port}>`],
      ["Supported", `${this.#random() < 0.5 ? "100rel" : "replaces"}${timed ? ", timer" : ""}`],
      ...(timed && this.#random() < 0.5 ? ([["Session-Expires", "120"]] as const) : []),
      ...(early ? ([["Content-Type", "application/sdp"]] as const) : []),
    ]);
    user.ask(party.flow, { ...request, body: early ? Buffer.from(offer, "latin1") : request.body });
  }

  #restart(): void {
    this.#restarts++;
    this.#sides.pbx.restart();
  }

  /** Loss, copies and unequal delays, in either direction. */
  #carry(deliver: () => void): void {
    this.#messages++;
    const { loss, duplicate, minDelay, maxDelay } = conditions;
    const copies = !this.#lossless && this.#random() < duplicate ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (!this.#lossless && this.#random() < loss) continue;
      this.#events.arm(this.world.now + minDelay + this.#random() * (maxDelay - minDelay), deliver);
    }
  }

  #deliver(flow: FlowRef, bytes: Uint8Array): void {
    this.world.feed({ kind: "message", flow: flow as Party["flow"], bytes });
  }

  /** Everything that falls due until then, in its order. */
  #run(until: number): void {
    const { world } = this;
    const users = Object.values(this.#sides);
    for (;;) {
      this.#collect();
      const due = [world.core.nextDeadline(), this.#events.next(), ...users.map((user) => user.next())];
      const at = Math.min(...due.map((time) => time ?? Number.POSITIVE_INFINITY));
      if (at > until) break;
      world.advance(Math.max(0, at - world.now));
      const action = this.#events.popDue(world.now);
      if (action !== undefined) action();
      for (const user of users) if ((user.next() ?? Number.POSITIVE_INFINITY) <= world.now) user.fire(world.now);
    }
    world.advance(Math.max(0, until - world.now));
  }

  /** What the edge did: messages go onto the network, the media relay takes its time. */
  #collect(): void {
    const { world } = this;
    for (const { flow, message } of world.sent.splice(0)) {
      const user =
        flow.side === "core" ? this.#sides.pbx : flow.side === "trunk" ? this.#sides.carrier : this.#sides.phones;
      this.#carry(() => user.receive(flow, message));
    }
    for (const output of world.outputs.splice(0)) {
      if (output.kind === "media-offer") this.#media.add(output.call);
      if (output.kind === "media-close") this.#media.delete(output.call);
      if (output.kind === "media-offer" || output.kind === "media-answer") {
        this.#events.arm(world.now + this.#random() * 20, () => world.release());
      }
      if (output.kind === "event") this.#ledger.listen(output.event);
      if (output.kind !== "count") continue;
      if (output.count.name === "calls_started") this.#started++;
      if (output.count.name !== "calls_ended") continue;
      this.#ended.set(output.count.reason, (this.#ended.get(output.count.reason) ?? 0) + 1);
    }
  }
}
