import { expect, test } from "vitest";
import { Latch, type SocketRules, verdict } from "./latch.ts";

const phone = { address: "198.51.100.7", port: 4000 };
const privateSdp = { address: "192.168.1.8", port: 4000 };
const rules: SocketRules = {
  signalled: phone,
  sendAtOnce: true,
  learnFrom: [phone.address],
  windowMs: 3000,
  packets: 5,
  payloadTypes: [0, 101],
};
const behindNat: SocketRules = { ...rules, signalled: undefined, sendAtOnce: false };

function latch(initial: SocketRules, now = 0): Latch {
  const made = new Latch();
  made.configure(initial, now);
  return made;
}

/** As the packet path does: look, then (had it authenticated) count. */
function arrive(l: Latch, address: string, port: number, now: number, ssrc = 1, type = 0): number {
  const seen = l.peek(address, port, now);
  return seen === verdict.foreign ? seen : l.accept(address, port, ssrc, type, now);
}

test("the signalled endpoint is sent to at once when it is the signalling address, and taken from the first packet", () => {
  const l = latch(rules);
  expect([l.targetAddress, l.targetPort]).toEqual([phone.address, phone.port]);
  expect(arrive(l, phone.address, phone.port, 1)).toBe(verdict.accepted);
});

test("nothing is sent to an endpoint behind NAT before it was learnt from N packets that agree", () => {
  const l = latch(behindNat);
  for (let n = 1; n <= 4; n++) {
    expect(arrive(l, phone.address, 61000, n)).toBe(verdict.learning);
    expect(l.targetPort).toBe(0);
  }
  expect(arrive(l, phone.address, 61000, 5)).toBe(verdict.latched);
  expect([l.targetAddress, l.targetPort]).toEqual([phone.address, 61000]);
});

test("a signalled endpoint that is not trusted is listened to, but sent to only after N packets", () => {
  const l = latch({ ...rules, signalled: { address: "203.0.113.9", port: 9000 }, sendAtOnce: false });
  expect(arrive(l, "203.0.113.9", 9000, 1)).toBe(verdict.accepted);
  expect(l.targetPort).toBe(0);
  for (let n = 2; n <= 5; n++) arrive(l, "203.0.113.9", 9000, n);
  expect(l.targetPort).toBe(9000);
});

test("other addresses never become the source, inside the window or after", () => {
  const l = latch(behindNat);
  for (let n = 0; n < 100; n++) expect(arrive(l, "203.0.113.66", 4000, n * 50)).toBe(verdict.foreign);
  expect(l.targetPort).toBe(0);
});

test("after the window closed not even the signalling address can claim the stream", () => {
  const l = latch(behindNat);
  expect(arrive(l, phone.address, 61000, 3001)).toBe(verdict.foreign);
});

test("once locked, another port of the same address is foreign", () => {
  const l = latch(rules);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, phone.port, n);
  expect(arrive(l, phone.address, 4002, 6)).toBe(verdict.foreign);
});

const disagreements: readonly (readonly [string, (l: Latch, n: number) => number])[] = [
  ["SSRC", (l, n) => arrive(l, phone.address, 61000, n, n)],
  ["port", (l, n) => arrive(l, phone.address, 61000 + n, n)],
  ["payload type", (l, n) => arrive(l, phone.address, 61000, n, 1, 33)],
];
test.each(disagreements)("packets that disagree in their %s teach nothing", (_what, send) => {
  const l = latch(behindNat);
  for (let n = 0; n < 50; n++) expect(send(l, n)).toBe(verdict.learning);
  expect(l.targetPort).toBe(0);
});

test("a source that speaks cannot be pushed out by another port of its address, however many packets that sends", () => {
  const l = latch({ ...rules, packets: 3 });
  // The phone changes SSRC each time, so it never locks; it still keeps its place.
  for (let n = 0; n < 60; n++) {
    arrive(l, phone.address, phone.port, n, n);
    expect(arrive(l, phone.address, 4444, n)).not.toBe(verdict.latched);
    expect(arrive(l, phone.address, 4444, n)).not.toBe(verdict.latched);
  }
  expect(l.targetPort).toBe(phone.port);
});

test("a re-INVITE lets a phone that was rebound by its NAT take over; its old source serves until then", () => {
  const l = latch(behindNat);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, 61000, n);
  expect(arrive(l, phone.address, 62000, 9000)).toBe(verdict.foreign);
  l.configure(behindNat, 10_000);
  expect(l.targetPort).toBe(61000);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, 62000, 10_001 + n);
  expect(l.targetPort).toBe(62000);
});

const neighbour = 62000;

/** The phone speaks every 20 ms; in between somebody behind the same NAT sends as much as a line carries. Returns the verdicts on him. */
function besieged(l: Latch, from: number, until: number, phonePort: number): Set<number> {
  const said = new Set<number>();
  for (let now = from; now < until; now += 20) {
    arrive(l, phone.address, phonePort, now);
    for (let n = 0; n < 50; n++) said.add(arrive(l, phone.address, neighbour, now, 66));
  }
  return said;
}

test.each([
  ["that says where it is", rules, phone.port],
  ["behind a NAT", behindNat, 61000],
] as const)(
  "threat L1: at no re-INVITE does a neighbour take the place of a phone that speaks, %s",
  (_what, its, port) => {
    const l = latch(its);
    for (let n = 0; n < 5; n++) arrive(l, phone.address, port, n);
    for (const again of [1_000, 20_000]) {
      l.configure(its, again);
      expect(besieged(l, again, again + 4_000, port)).not.toContain(verdict.latched);
      expect(l.targetPort).toBe(port);
    }
  },
);

test("threat L1: a neighbour that took the place of a silent phone loses it as soon as that speaks again", () => {
  const l = latch(behindNat);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, 61000, n);
  // On hold the phone says nothing.
  l.configure(behindNat, 10_000);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, neighbour, 10_000 + n, 66);
  expect(l.targetPort).toBe(neighbour);
  l.configure(behindNat, 20_000);
  besieged(l, 20_000, 20_200, 61000);
  expect(l.targetPort).toBe(61000);
  expect(arrive(l, phone.address, neighbour, 20_300, 66)).toBe(verdict.foreign);
});

test("a phone that begins a new stream after it was rebound is heard when its old place has been silent for half a second", () => {
  const l = latch(behindNat);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, 61000, n);
  l.configure(behindNat, 10);
  for (let n = 0; n < 10; n++) expect(arrive(l, phone.address, 62000, 20 + 20 * n, 2)).toBe(verdict.learning);
  expect(arrive(l, phone.address, 62000, 510, 2)).toBe(verdict.latched);
});

test("a re-INVITE that moves a trusted endpoint is followed at once", () => {
  const l = latch(rules);
  for (let n = 0; n < 5; n++) arrive(l, phone.address, phone.port, n);
  l.configure({ ...rules, signalled: { address: phone.address, port: 5000 } }, 10);
  expect(l.targetPort).toBe(5000);
  expect(arrive(l, phone.address, 5000, 11)).toBe(verdict.accepted);
});

test("a NATed source survives a re-INVITE whose private address moved", () => {
  const l = latch({ ...behindNat, signalled: privateSdp });
  for (let n = 0; n < 5; n++) arrive(l, phone.address, 61000, n);
  l.configure({ ...behindNat, signalled: { ...privateSdp, port: 4010 } }, 10);
  expect(l.targetPort).toBe(61000);
});

test("RTCP follows the address RTP was locked to, and leaves any other", () => {
  const l = latch({ ...rules, learnFrom: [], packets: 1, payloadTypes: undefined });
  expect(arrive(l, "203.0.113.66", 4001, 1)).toBe(verdict.foreign);
  l.narrow("203.0.113.8", 9, 2);
  expect(l.targetPort).toBe(0);
  // Threat L1: a neighbour behind the same NAT does not know the SSRC.
  for (let n = 0; n < 10; n++) expect(arrive(l, "203.0.113.8", 61003, 3, 66, 72)).toBe(verdict.learning);
  expect(arrive(l, "203.0.113.8", 61001, 3, 9, 72)).toBe(verdict.latched);
  expect(l.targetPort).toBe(61001);
});

test("an unconfigured latch takes nothing and sends nowhere", () => {
  const l = new Latch();
  expect(l.peek(phone.address, phone.port, 0)).toBe(verdict.foreign);
  expect(l.targetPort).toBe(0);
});
