import { describe, expect, test } from "vitest";
import { FakeNetwork, type NetworkConditions, perfectNetwork } from "../../../../test/support/fake-network.ts";
import { VirtualClock } from "../../../../test/support/virtual-clock.ts";
import type { DtlsTerms } from "../transport/transport.ts";
import { Handshake, type HandshakeResult, type HandshakeStep } from "./handshake.ts";
import { createDtlsIdentity, type DtlsIdentity } from "./identity.ts";

const [ours, theirs, stranger] = [createDtlsIdentity(), createDtlsIdentity(), createDtlsIdentity()] as DtlsIdentity[];
const all = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM"] as const;

type Terms = Partial<DtlsTerms>;

/** Two ends of an association on a network of their own, its timers on the virtual clock. */
class Table {
  readonly clock = new VirtualClock();
  readonly results: Record<"active" | "passive", HandshakeResult[]> = { active: [], passive: [] };
  readonly #network: FakeNetwork<Uint8Array>;
  readonly #ends: Record<"active" | "passive", Handshake>;
  /** What is done to datagrams of the active side. */
  change: (datagram: Uint8Array) => readonly Uint8Array[] = (datagram) => [datagram];

  constructor(conditions: NetworkConditions, seed: number, active: Terms = {}, passive: Terms = {}) {
    this.#network = new FakeNetwork(this.clock, seed, conditions);
    const end = (identity: DtlsIdentity, terms: DtlsTerms): Handshake => {
      const association = identity.open(terms);
      if (association === undefined) throw new Error("no association");
      return new Handshake(association);
    };
    const { fingerprint: a } = ours as DtlsIdentity;
    const { fingerprint: b } = theirs as DtlsIdentity;
    this.#ends = {
      active: end(ours as DtlsIdentity, { role: "active", fingerprints: [b], suites: all, ...active }),
      passive: end(theirs as DtlsIdentity, { role: "passive", fingerprints: [a], suites: all, ...passive }),
    };
    for (const side of ["active", "passive"] as const) {
      this.clock.attach({
        next: () => this.#ends[side].deadline,
        fire: (now) => this.#take(side, this.#ends[side].onDeadline(now)),
      });
    }
  }

  begin(): void {
    this.#take("active", this.#ends.active.begin(this.clock.now));
  }

  deliver(to: "active" | "passive", datagram: Uint8Array): void {
    this.#take(to, this.#ends[to].onPacket(datagram, this.clock.now));
  }

  close(side: "active" | "passive"): void {
    this.#take(side, { datagrams: this.#ends[side].close(), result: undefined });
  }

  #take(side: "active" | "passive", { datagrams, result }: HandshakeStep): void {
    if (result !== undefined) this.results[side].push(result);
    const to = side === "active" ? "passive" : "active";
    for (const datagram of datagrams) {
      expect(datagram.length).toBeLessThanOrEqual(1_200);
      for (const one of side === "active" ? this.change(datagram) : [datagram])
        this.#network.send(one, (packet) => this.deliver(to, packet));
    }
  }
}

function isAgreed({ results: { active, passive } }: Table): void {
  const [a, b] = [active[0], passive[0]];
  if (a?.kind !== "keyed" || b?.kind !== "keyed") throw new Error(`not keyed: ${JSON.stringify({ a, b })}`);
  expect([a.inbound, a.outbound]).toEqual([b.outbound, b.inbound]);
  expect(a.inbound.key).not.toEqual(a.outbound.key);
}

describe.skipIf(ours === undefined)("RFC 5764: two ends", () => {
  test("agree on keys that are each other's", () => {
    const table = new Table(perfectNetwork, 1);
    table.begin();
    table.clock.advance(100);
    isAgreed(table);
  });

  test.each([0.1, 0.3])("agree with %d of all datagrams lost, others twice and out of order", (loss) => {
    for (let seed = 1; seed <= 25; seed++) {
      const table = new Table({ loss, duplicate: 0.2, minDelay: 1, maxDelay: 120 }, seed);
      table.begin();
      table.clock.advance(60_000);
      isAgreed(table);
      expect([table.results.active.length, table.results.passive.length], `seed ${seed}`).toEqual([1, 1]);
    }
  });

  test.each([
    [["AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80"], "AEAD_AES_256_GCM"],
    [["AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"], "AES_CM_128_HMAC_SHA1_32"],
    [["AEAD_AES_128_GCM"], "AEAD_AES_128_GCM"],
  ] as const)("the passive side's policy %j decides: %s", (suites, suite) => {
    const table = new Table(perfectNetwork, 1, {}, { suites });
    table.begin();
    table.clock.advance(100);
    isAgreed(table);
    expect(table.results.active[0]).toMatchObject({ inbound: { suite } });
  });

  test("without a profile in common there are no keys on either side", () => {
    const table = new Table(perfectNetwork, 1, { suites: ["AEAD_AES_128_GCM"] }, { suites: ["AEAD_AES_256_GCM"] });
    table.begin();
    table.clock.advance(5_000);
    const refused = [{ kind: "failed", reason: "dtls-handshake" }];
    expect(table.results).toEqual({ active: refused, passive: refused });
  });

  test("suites that DTLS has no profile for cannot be opened", () => {
    const terms = { role: "active", fingerprints: [(theirs as DtlsIdentity).fingerprint] } as const;
    expect(ours?.open({ ...terms, suites: ["AES_256_CM_HMAC_SHA1_80"] })).toBeUndefined();
  });

  test("RFC 6347 §4.2.3: a ClientHello in two datagrams, in either order, is one", () => {
    for (const order of [0, 1]) {
      const table = new Table(perfectNetwork, 1);
      let first = true;
      table.change = (datagram) => {
        if (!first) return [datagram];
        first = false;
        const halves = inTwo(Buffer.from(datagram));
        return order === 0 ? halves : halves.toReversed();
      };
      table.begin();
      table.clock.advance(3_000);
      isAgreed(table);
    }
  });
});

/** One handshake record as two, each with a fragment of its message. */
function inTwo(record: Buffer): readonly Buffer[] {
  const body = record.subarray(25);
  const middle = Math.floor(body.length / 2);
  return [body.subarray(0, middle), body.subarray(middle)].map((fragment, index) => {
    const half = Buffer.concat([record.subarray(0, 25), fragment]);
    half.writeUIntBE(index * 40, 5, 6);
    half.writeUInt16BE(12 + fragment.length, 11);
    half.writeUIntBE(index * middle, 19, 3);
    half.writeUIntBE(fragment.length, 22, 3);
    return half;
  });
}

describe.skipIf(ours === undefined)("threat L3: who is not the peer gets nothing", () => {
  test.each(["active", "passive"] as const)(
    "a certificate the signalling did not name fails closed: seen by the %s side",
    (side) => {
      const wrong = { fingerprints: [(stranger as DtlsIdentity).fingerprint] };
      const table = new Table(perfectNetwork, 1, side === "active" ? wrong : {}, side === "passive" ? wrong : {});
      table.begin();
      table.clock.advance(30_000);
      expect(table.results[side]).toEqual([{ kind: "failed", reason: "dtls-fingerprint" }]);
      const keyed = [...table.results.active, ...table.results.passive].filter(({ kind }) => kind === "keyed");
      expect(keyed).toEqual([]);
    },
  );

  test("any of the fingerprints that were signalled will do", () => {
    const both = [(stranger as DtlsIdentity).fingerprint, (theirs as DtlsIdentity).fingerprint];
    const table = new Table(perfectNetwork, 1, { fingerprints: both });
    table.begin();
    table.clock.advance(100);
    isAgreed(table);
  });

  test("a thousand garbage records, before, in and after the handshake, change nothing", () => {
    const table = new Table(perfectNetwork, 1);
    const garbage = (n: number): Uint8Array =>
      Buffer.concat([Buffer.from([23, 254, 253, 0, n % 3]), Buffer.alloc(40, n)]);
    const shower = (): void => {
      for (let n = 0; n < 100; n++) {
        table.deliver("passive", garbage(n));
        table.deliver("active", garbage(n));
      }
    };
    shower();
    table.begin();
    table.clock.advance(2);
    table.clock.advance(100);
    isAgreed(table);
    for (let n = 0; n < 9; n++) shower();
    table.close("active");
    table.clock.advance(100);
    expect(table.results.passive.at(-1)).toEqual({ kind: "failed", reason: "dtls-closed" });
  });

  test("an alert in clear does not end what is established", () => {
    const table = new Table(perfectNetwork, 1);
    table.begin();
    table.clock.advance(100);
    const fatal = Buffer.from([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40]);
    table.deliver("passive", fatal);
    table.deliver("active", fatal);
    expect([table.results.active.length, table.results.passive.length]).toEqual([1, 1]);
  });
});

describe.skipIf(ours === undefined)("RFC 6347 §4.2.4: flights come again", () => {
  test("with doubling waits, and never by themselves", () => {
    const table = new Table(perfectNetwork, 1);
    const sent: number[] = [];
    table.change = () => {
      sent.push(table.clock.now);
      return [];
    };
    table.begin();
    table.clock.advance(10_000);
    expect(sent).toEqual([0, 400, 1_200, 2_800, 5_800, 8_800]);
    expect(table.results.active).toEqual([]);
  });

  test("close_notify tells the other end", () => {
    const table = new Table(perfectNetwork, 1);
    table.begin();
    table.clock.advance(100);
    table.close("passive");
    table.clock.advance(100);
    expect(table.results.active.at(-1)).toEqual({ kind: "failed", reason: "dtls-closed" });
  });
});
