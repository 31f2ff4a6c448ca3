/**
 * The portable and the native contexts through the same random history, side by side: same results, same octets, same codes, same state. Loss,
 * reordering, wraps, changes of SSRC, replays, damage, cuts, small buffers, MKIs, restarts.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasSuite, rtcpPacket, rtpPacket } from "./contract-support.ts";
import { keyAndSaltLength, type SrtpSuite, suiteNames } from "./profile.ts";
import { createProtector, type Protector } from "./protect.ts";
import { createUnprotector, type Unprotector } from "./unprotect.ts";

type Work = "rtp" | "rtcp";

/** One thing that happens. Numbers mean what they are taken modulo. */
interface Event {
  readonly work: Work;
  readonly ssrc: number;
  /** How far the sequence number goes on; negative is back. */
  readonly step: number;
  readonly shape: { readonly payload: number; readonly csrcs: number; readonly extensionWords?: number };
  readonly room: number;
  readonly fate: "arrives" | "is lost" | "is damaged" | "is cut" | "is sent twice" | "is an old one" | "is not RTP";
  readonly where: number;
  readonly restart: boolean;
}

/** Packets a key may protect: short enough to be reached. */
const lifetime = 16;

/** The two under one name; every answer must be the same. */
class Twins {
  readonly #suite: SrtpSuite;
  readonly #mkis: readonly Uint8Array[];
  #senders: readonly Protector[];
  #receivers: readonly Unprotector[];

  constructor(suite: SrtpSuite, mkiLength: number) {
    this.#suite = suite;
    this.#mkis = mkiLength === 0 ? [] : [1, 2].map((fill) => Buffer.alloc(mkiLength, fill));
    this.#senders = this.#each((backEnd) => createProtector(suite, this.#keys()[0] as never, { backEnd }));
    this.#receivers = this.#each((backEnd) => createUnprotector(suite, this.#keys(), { backEnd }));
  }

  /** The sealed packet, or the code. */
  seal(work: Work, packet: Buffer, length: number): Buffer | number {
    return same(this.#senders.map((sender) => done(sender[work].bind(sender), packet, length)));
  }

  open(work: Work, packet: Buffer, length = packet.length): Buffer | number {
    return same(this.#receivers.map((receiver) => done(receiver[work].bind(receiver), packet, length)));
  }

  restart(): void {
    const sent = same(this.#senders.map((sender) => sender.snapshot()));
    const got = same(this.#receivers.map((receiver) => receiver.snapshot()));
    same(this.#receivers.map((receiver) => receiver.sources));
    same(this.#senders.map((sender) => sender.exhausted));
    this.#senders = this.#each((backEnd) =>
      createProtector(this.#suite, this.#keys()[0] as never, { backEnd, resume: sent }),
    );
    this.#receivers = this.#each((backEnd) => createUnprotector(this.#suite, this.#keys(), { backEnd, resume: got }));
  }

  #each<T>(make: (backEnd: "node-crypto" | "native") => T): readonly T[] {
    return (["node-crypto", "native"] as const).map(make);
  }

  #keys() {
    const keyAndSalt = (fill: number) => Buffer.alloc(keyAndSaltLength(this.#suite), fill);
    if (this.#mkis.length === 0) return [{ keyAndSalt: keyAndSalt(5), lifetime }];
    return this.#mkis.map((mki, at) => ({ keyAndSalt: keyAndSalt(at), mki, lifetime }));
  }
}

function done(work: (packet: Buffer, length: number) => number, packet: Buffer, length: number): Buffer | number {
  const copy = Buffer.from(packet);
  const result = work(copy, length);
  if (result < 0) expect(copy.equals(packet)).toBe(true);
  return result < 0 ? result : copy.subarray(0, result);
}

function same<T>(answers: readonly T[]): T {
  expect(answers[1]).toEqual(answers[0]);
  return answers[0] as T;
}

const event: fc.Arbitrary<Event> = fc.record({
  work: fc.constantFrom("rtp", "rtp", "rtcp"),
  ssrc: fc.constantFrom(0, 0xcafebabe, 0xffff_ffff),
  step: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
    fc.integer({ min: -300, max: 300 }),
    // The edges of the replay window and of the estimate, RFC 3711 appendix A.
    { weight: 2, arbitrary: fc.constantFrom(223, 224, 225, -223, -224, -225) },
    { weight: 2, arbitrary: fc.constantFrom(-0x8000, 0x7fff, 0x8000, 0x8001, 30_000, 0) },
  ),
  shape: fc.record(
    { payload: fc.nat(80), csrcs: fc.nat(15), extensionWords: fc.nat(3) },
    { requiredKeys: ["payload", "csrcs"] },
  ),
  room: fc.oneof({ weight: 9, arbitrary: fc.constant(160) }, fc.nat(24)),
  fate: fc.constantFrom(
    ...(["arrives", "arrives", "arrives", "is lost", "is damaged", "is cut", "is sent twice"] as const),
    ...(["is an old one", "is not RTP"] as const),
  ),
  where: fc.nat(0xffff),
  restart: fc.integer({ min: 0, max: 30 }).map((dice) => dice === 0),
});

function plainOf({ work, ssrc, shape }: Event, sequence: number): { packet: Buffer; length: number } {
  return work === "rtp" ? rtpPacket({ ...shape, ssrc, sequence }) : rtcpPacket(ssrc, 1 + shape.csrcs);
}

function play(twins: Twins, events: readonly Event[], start: number): void {
  const earlier: { work: Work; packet: Buffer }[] = [];
  let sequence = start;
  for (const happening of events) {
    const { work, fate, where, room } = happening;
    sequence = (sequence + happening.step + 0x1_0000) % 0x1_0000;
    const { packet, length } = plainOf(happening, sequence);
    if (fate === "is not RTP") packet[where % 2] = where >>> 8;
    const sealed = twins.seal(work, Buffer.concat([packet.subarray(0, length), Buffer.alloc(room)]), length);
    if (happening.restart) twins.restart();
    if (typeof sealed === "number" || fate === "is lost") continue;
    earlier.push({ work, packet: sealed });
    if (fate === "is damaged") {
      const damaged = Buffer.from(sealed);
      damaged[where % sealed.length] = (damaged[where % sealed.length] as number) ^ (1 << (where & 7));
      twins.open(work, damaged);
    }
    if (fate === "is cut") twins.open(work, sealed, where % (sealed.length + 2));
    const old = earlier[where % earlier.length];
    if (fate === "is an old one" && old !== undefined) twins.open(old.work, old.packet);
    twins.open(work, sealed);
    if (fate === "is sent twice") twins.open(work, sealed);
    // Each port may be sent what is meant for the other.
    if (where % 16 === 0) twins.open(work === "rtp" ? "rtcp" : "rtp", sealed);
  }
  twins.restart();
}

const both = suiteNames.filter((suite) => hasSuite(suite, "native"));
test("native code has every suite, or is not here at all", () => {
  expect([0, suiteNames.length]).toContain(both.length);
});

describe.each(both)("%s", (suite) => {
  test("portable and native contexts cannot be told apart, whatever happens", () => {
    const history = fc.tuple(
      fc.array(event, { minLength: 10, maxLength: 60 }),
      fc.nat(0xffff),
      fc.constantFrom(0, 0, 1, 4, 128),
    );
    fc.assert(
      fc.property(history, ([events, start, mkiLength]) => play(new Twins(suite, mkiLength), events, start)),
      { numRuns: 80 },
    );
  });

  test.each([-1, Number.NaN, -(2 ** 40), 2 ** 53, 2 ** 63])("a snapshot with the index %d is none", (index) => {
    const state = { rtp: [{ ssrc: 1, index }], rtcp: [], used: [] };
    const keys = { keyAndSalt: new Uint8Array(keyAndSaltLength(suite)) };
    for (const backEnd of [undefined, "native"] as const) {
      const options = { resume: state, ...(backEnd && { backEnd }) };
      expect(() => createUnprotector(suite, keys, options)).toThrow(RangeError);
      expect(() => createProtector(suite, keys, options)).toThrow(RangeError);
    }
  });

  test("random octets get the same answer from both", () => {
    const twins = new Twins(suite, 2);
    const octets = fc.uint8Array({ maxLength: 120 });
    const first = fc.constantFrom(0x80, 0x81, 0x90, 0x9f, 0xb0, 0x40);
    fc.assert(
      fc.property(octets, first, fc.nat(255), (rest, version, type) => {
        const packet = Buffer.from([version, type, ...rest, 0, 1]);
        for (const work of ["rtp", "rtcp"] as const) {
          twins.open(work, packet);
          twins.seal(work, Buffer.concat([packet, Buffer.alloc(30)]), packet.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
