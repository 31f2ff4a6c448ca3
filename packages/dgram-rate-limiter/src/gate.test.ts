import { expect, test } from "vitest";
import { sourceLevel } from "./bounded-table.ts";
import { Gate } from "./gate.ts";
import { gateVerdict, gateVerdictNames } from "./gate-verdict.ts";

const I = "I".charCodeAt(0);
const only = (address: string) => ({
  has: (other: string) => other === address,
  ranges: { v4: new Uint32Array(), v6: new Uint32Array() },
});

test("a SIP start, a keep-alive and an odd method pass", () => {
  const gate = new Gate({ seed: 1 });
  for (const start of ["I", "S", "r", "!", "\r", "\n"]) {
    expect(gate.admit(0, "192.0.2.1", 400, start.charCodeAt(0))).toBe(gateVerdict.pass);
  }
});

test("junk and oversize are refused before the source takes a slot", () => {
  const gate = new Gate({ seed: 1, maxSize: 4000 });
  expect(gate.admit(0, "192.0.2.1", 4001, I)).toBe(gateVerdict.oversize);
  for (const byte of [0, 0x16, 0x20, 0x3c, 0x80, 0xff, -1, 256, Number.NaN]) {
    expect(gate.admit(0, "192.0.2.1", 100, byte)).toBe(gateVerdict.junkShape);
  }
  expect(gate.admit(0, "192.0.2.1", 0, -1)).toBe(gateVerdict.junkShape);
  expect(gate.admit(0, "nowhere", 100, I)).toBe(gateVerdict.noAddress);
  expect(gate.status(0).tracked).toBe(0);
});

test("a source gets its burst and then its rate, exactly", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10, burst: 20 });
  const passed = (from: number, to: number, stepMs: number): number => {
    let count = 0;
    for (let now = from; now < to; now += stepMs)
      if (gate.admit(now, "192.0.2.1", 100, I) === gateVerdict.pass) count++;
    return count;
  };
  expect(passed(0, 1, 0.01)).toBe(20);
  expect(passed(1, 10_001, 0.5)).toBe(100);
});

test("an office of 300 phones behind one address may register all at once and keep its calls going", () => {
  const gate = new Gate({ seed: 1 });
  let refused = 0;
  // REGISTER, answer to the challenge and one repetition, all within two seconds of the power coming back.
  for (let i = 0; i < 900; i++) if (gate.admit(i * 2.2, "203.0.113.9", 600, I) !== gateVerdict.pass) refused++;
  // Then a minute of everyday traffic: 120 packets a second.
  for (let i = 0; i < 7200; i++) if (gate.admit(2000 + i * 8.3, "203.0.113.9", 600, I) !== gateVerdict.pass) refused++;
  expect(refused).toBe(0);
});

test("a flood from one source leaves another alone", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10, burst: 10 });
  for (let i = 0; i < 1000; i++) gate.admit(0, "198.51.100.1", 100, I);
  expect(gate.admit(0, "198.51.100.2", 100, I)).toBe(gateVerdict.pass);
});

test("threat L12: a million forged sources in a minute grow nothing, and a registered phone goes on", {
  timeout: 120_000,
}, () => {
  const gate = new Gate({ seed: 0xdecafbad, slots: 16_384 });
  const { bytes } = gate.status(0);
  expect(gate.promote(0, "203.0.113.9", sourceLevel.registered)).toBe(true);
  for (let i = 0; i < 1_000_000; i++) {
    const address = `${1 + (i % 200)}.${(i >>> 3) & 255}.${(i >>> 11) & 255}.${i & 255}`;
    gate.admit(i * 0.06, address, 100, I);
    if (i % 1000 === 0) expect(gate.admit(i * 0.06, "203.0.113.9", 100, I)).toBe(gateVerdict.pass);
  }
  const after = gate.status(60_000);
  expect(after.bytes).toBe(bytes);
  expect(after.tracked).toBeLessThanOrEqual(after.capacity);
  expect(after.registered).toBe(1);
});

test("a stranger that pushed another out begins with little, so that churning buys no bursts", () => {
  const gate = new Gate({ seed: 1, slots: 8, packetsPerSecond: 100, burst: 500 });
  for (let i = 0; i < 8; i++) gate.admit(0, `192.0.2.${i}`, 100, I);
  let passed = 0;
  for (let i = 0; i < 500; i++) if (gate.admit(0, "192.0.2.99", 100, I) === gateVerdict.pass) passed++;
  expect(passed).toBe(10);
});

test("a banned source is refused until the ban ends or is lifted", () => {
  const gate = new Gate({ seed: 1 });
  gate.ban(0, "192.0.2.1", 60_000);
  expect(gate.admit(1, "192.0.2.1", 100, I)).toBe(gateVerdict.banned);
  expect(gate.held(1, "::ffff:192.0.2.1")).toBe(gateVerdict.banned);
  expect(gate.admit(60_000, "192.0.2.1", 100, I)).toBe(gateVerdict.pass);
  gate.ban(60_000, "192.0.2.1", 60_000);
  gate.unban("192.0.2.1");
  expect(gate.admit(60_001, "192.0.2.1", 100, I)).toBe(gateVerdict.pass);
});

test("a reload changes the rate and keeps what is known", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10, burst: 10 });
  gate.ban(0, "192.0.2.1", 60_000);
  gate.apply({ packetsPerSecond: 1, burst: 1 });
  expect(gate.admit(1, "192.0.2.1", 100, I)).toBe(gateVerdict.banned);
  expect(gate.admit(1, "192.0.2.2", 100, I)).toBe(gateVerdict.pass);
  expect(gate.admit(1, "192.0.2.2", 100, I)).toBe(gateVerdict.overRate);
});

test("every verdict has a name for metrics; a ban of an address with phones behind it is a ban", () => {
  const told = Object.values(gateVerdict).filter((verdict) => verdict !== gateVerdict.shared);
  expect(told.map((verdict) => gateVerdictNames[verdict])).toHaveLength(gateVerdictNames.length);
});

test("a source behind which a phone registered may send ten times as much", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10, burst: 10 });
  gate.promote(0, "192.0.2.1", sourceLevel.registered);
  const passed = (address: string): number => {
    let count = 0;
    for (let ms = 1_000; ms < 11_000; ms += 5) if (gate.admit(ms, address, 100, 0x52) === gateVerdict.pass) count++;
    return count;
  };
  expect(passed("192.0.2.2")).toBeLessThanOrEqual(110);
  expect(passed("192.0.2.1")).toBeGreaterThan(950);
});

test("a level is only raised by promote and only lowered by demote, and each sends more than the one below", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10, burst: 10 });
  const burstAt = (address: string): number => {
    let count = 0;
    for (let i = 0; i < 5_000; i++) if (gate.admit(1_000, address, 100, I) === gateVerdict.pass) count++;
    return count;
  };
  gate.promote(0, "192.0.2.1", sourceLevel.proven);
  gate.promote(0, "192.0.2.1", sourceLevel.registered);
  expect(gate.levelOf("192.0.2.1")).toBe(sourceLevel.proven);
  gate.demote(0, "192.0.2.1", sourceLevel.registered);
  expect(gate.levelOf("192.0.2.1")).toBe(sourceLevel.registered);
  gate.demote(0, "192.0.2.1");
  expect(gate.levelOf("192.0.2.1")).toBe(sourceLevel.unknown);
  gate.promote(0, "192.0.2.2", sourceLevel.registered);
  gate.promote(0, "192.0.2.3", sourceLevel.proven);
  expect(burstAt("192.0.2.4")).toBe(10);
  expect(burstAt("192.0.2.2")).toBe(110);
  expect(burstAt("192.0.2.3")).toBe(210);
});

test("any number of strangers within their rates share one budget, and leave a registered source its own", () => {
  const gate = new Gate({ seed: 1, strangersPerSecond: 100, slots: 1_024 });
  gate.promote(0, "203.0.113.9", sourceLevel.registered);
  let passed = 0;
  for (let i = 0; i < 30_000; i++) {
    const verdict = gate.admit(i / 10, `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}`, 100, I);
    if (verdict === gateVerdict.pass) passed++;
    else expect(verdict).toBe(gateVerdict.strangersFull);
  }
  expect(passed).toBe(200 + 299);
  expect(gate.status(3_000).tracked).toBeLessThanOrEqual(1_024);
  for (let i = 0; i < 500; i++) expect(gate.admit(3_000, "203.0.113.9", 100, I)).toBe(gateVerdict.pass);
});

test("each step of pressure halves what strangers may send, down to one a second", () => {
  const at = (pressure: number): number => {
    const gate = new Gate({ seed: 1, strangersPerSecond: 64 });
    gate.press(pressure);
    let passed = 0;
    for (let i = 0; i < 20_000; i++) if (gate.admit(i, `10.0.${i & 255}.1`, 100, I) === gateVerdict.pass) passed++;
    return Math.round(passed / 20);
  };
  expect([0, 1, 2, 3].map(at)).toEqual([70, 35, 18, 9]);
  expect(at(1_000)).toBe(1);
});

test("a call for help passes a spent budget, and so does what follows from there", () => {
  const gate = new Gate({ seed: 1, strangersPerSecond: 10 });
  for (let i = 0; i < 100; i++) gate.admit(0, `10.0.0.${i}`, 100, I);
  expect(gate.admit(0, "192.0.2.1", 100, I)).toBe(gateVerdict.strangersFull);
  expect(gate.admitHelp(0, "192.0.2.1")).toBe(true);
  expect(gate.admit(0, "192.0.2.1", 100, I)).toBe(gateVerdict.pass);
  let helped = 0;
  for (let i = 0; i < 100; i++) if (gate.admitHelp(0, `10.0.1.${i}`)) helped++;
  expect(helped).toBe(9);
});

test("who is exempt has no rate, no ban and no slot, and takes nothing from strangers", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 1, strangersPerSecond: 10, exempt: only("192.0.2.7") });
  gate.ban(0, "192.0.2.7", 60_000);
  for (let i = 0; i < 1_000; i++) expect(gate.admit(0, "192.0.2.7", 100, 0)).toBe(gateVerdict.pass);
  expect(gate.admit(0, "192.0.2.8", 100, I)).toBe(gateVerdict.pass);
});

test("who is denied hears nothing, exempt or not, and leaves nothing", () => {
  const gate = new Gate({ seed: 1, exempt: only("192.0.2.7"), denied: only("192.0.2.7") });
  expect(gate.admit(0, "192.0.2.7", 100, I)).toBe(gateVerdict.denied);
  expect(gate.status(0).tracked).toBe(0);
});

test("the strangers of one IPv6 /48 share a rate, whichever of its /64s they say they are", () => {
  const gate = new Gate({ seed: 1, packetsPerSecond: 10 });
  const passed = (network: string): number => {
    let count = 0;
    for (let i = 0; i < 5_000; i++) {
      if (gate.admit(0, `2001:db8:${network}:${i.toString(16)}::1`, 100, I) === gateVerdict.pass) count++;
    }
    return count;
  };
  expect(passed("1")).toBe(500);
  expect(passed("2")).toBe(500);
  gate.promote(0, "2001:db8:1:ffff::1", sourceLevel.registered);
  expect(gate.admit(0, "2001:db8:1:ffff::1", 100, I)).toBe(gateVerdict.pass);
});
