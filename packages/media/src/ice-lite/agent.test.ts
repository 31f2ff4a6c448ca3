import { describe, expect, test } from "vitest";
import { check, local, readAnswer, remote } from "../../../../test/support/stun-check.ts";
import { consentMs, IceAgent } from "./agent.ts";

const browser = { address: "198.51.100.11", port: 50_000 };
const moved = { address: "198.51.100.99", port: 50_001 };
const nominating = check({ useCandidate: true });

function agent(): IceAgent {
  return new IceAgent(local, remote, 0);
}

describe("RFC 8445 §7.3: a check of our peer", () => {
  test("is answered with the address it came from, under our password, and selects its source", () => {
    const one = agent();
    const result = one.onPacket(nominating, browser, 10);
    const answer = readAnswer(result?.response ?? new Uint8Array());
    expect(answer).toMatchObject({ type: 0x0101 });
    expect(answer?.attributes.get(0x20)).toHaveLength(8);
    expect(result?.select).toEqual(browser);
    expect(one.onPacket(nominating, browser, 20)?.select).toBeUndefined();
  });

  test("selects before it nominates, since a browser begins its handshake there; the nominated one replaces it", () => {
    const one = agent();
    expect(one.onPacket(check(), browser, 0)?.select).toEqual(browser);
    expect(one.onPacket(check(), moved, 1)?.select).toBeUndefined();
    expect(one.onPacket(nominating, moved, 2)?.select).toEqual(moved);
  });

  test("of those that all nominate the one of highest priority stays", () => {
    const one = agent();
    one.onPacket(check({ useCandidate: true, priority: 900 }), browser, 0);
    expect(one.onPacket(check({ useCandidate: true, priority: 100 }), moved, 100)?.select).toBeUndefined();
    expect(one.onPacket(check({ useCandidate: true, priority: 901 }), moved, 200)?.select).toEqual(moved);
  });

  test("moves the call when the peer names another pair and stops naming the first", () => {
    const one = agent();
    one.onPacket(check({ useCandidate: true, priority: 900 }), browser, 0);
    expect(one.onPacket(check({ useCandidate: true, priority: 100 }), moved, 3_001)?.select).toEqual(moved);
  });

  test("that believes we control is told so: 487, and selects nothing", () => {
    const result = agent().onPacket(check({ useCandidate: true, role: "controlled" }), browser, 0);
    expect(readAnswer(result?.response ?? new Uint8Array())).toMatchObject({ type: 0x0111, code: 487 });
    expect(result?.select).toBeUndefined();
  });

  test("RFC 8489 §6.3.1: that asks for what we do not understand is answered 420 with its name", () => {
    const result = agent().onPacket(check({ useCandidate: true, more: [[0x7777, Buffer.from("x")]] }), browser, 0);
    const answer = readAnswer(result?.response ?? new Uint8Array());
    expect(answer).toMatchObject({ type: 0x0111, code: 420 });
    expect(answer?.attributes.get(0x000a)).toEqual(Buffer.from([0x77, 0x77]));
    expect(result?.select).toBeUndefined();
  });

  test("RFC 8489 §14.5: what stands behind its integrity is not acted upon", () => {
    const one = agent();
    one.onPacket(check({ priority: 900, useCandidate: true }), browser, 0);
    const forged = check({ behindIntegrity: [[0x0025, Buffer.alloc(0)]] });
    expect(one.onPacket(forged, moved, 1)).toMatchObject({ select: undefined });
  });
});

describe("no answer, so nothing is learnt and nobody else is sent a packet (threat L11)", () => {
  const honest = check();
  test.each([
    ["no integrity", check({ leaveOut: "integrity" })],
    ["no fingerprint", check({ leaveOut: "fingerprint" })],
    ["another password", check({ password: "the-password-of-somebody" })],
    ["another name of ours", check({ username: "ourz:them" })],
    ["another name of theirs", check({ username: "ours:thom" })],
    ["half a name", check({ username: "ours" })],
    ["a response", Buffer.concat([Buffer.from([1, 1]), honest.subarray(2)])],
    ["an indication", Buffer.concat([Buffer.from([0, 0x11]), honest.subarray(2)])],
    ["the old cookie", Buffer.concat([honest.subarray(0, 4), Buffer.alloc(4), honest.subarray(8)])],
    ["a length that is too long", Buffer.concat([honest.subarray(0, 2), Buffer.from([0, 200]), honest.subarray(4)])],
    ["more behind it", Buffer.concat([honest, Buffer.alloc(4)])],
    ["forty attributes", check({ more: Array.from({ length: 40 }, () => [0x8099, Buffer.alloc(0)] as const) })],
    ["a kilobyte and a half", check({ more: [[0x8099, Buffer.alloc(1_500)]] })],
  ])("%s", (_what, packet) => {
    const one = agent();
    expect(one.onPacket(packet, browser, 0)).toBeUndefined();
    expect(one.selected).toBeUndefined();
  });

  test("no truncation and no single wrong octet gets one", () => {
    for (let at = 0; at < honest.length; at++) {
      expect(agent().onPacket(honest.subarray(0, at), browser, 0)).toBeUndefined();
      const changed = Buffer.from(honest);
      changed[at] = (changed[at] as number) ^ 0x40;
      expect(agent().onPacket(changed, browser, 0), `octet ${at}`).toBeUndefined();
    }
  });
});

describe("RFC 7675 §5.1: consent", () => {
  test("is the peer's checks, and ends 30 s after the last", () => {
    const one = agent();
    expect(one.deadline).toBe(consentMs);
    one.onPacket(nominating, browser, 5_000);
    one.onPacket(check(), browser, 9_000);
    expect(one.deadline).toBe(39_000);
  });

  test("of the selected source is not kept alive by another one", () => {
    const one = agent();
    one.onPacket(nominating, browser, 0);
    one.onPacket(check(), browser, 5_000);
    one.onPacket(check(), moved, 9_000);
    expect(one.deadline).toBe(5_000 + consentMs);
  });

  test("is not asked of a peer that never renewed it: RFC 5245 has no checks after the nomination", () => {
    const one = agent();
    one.onPacket(check(), browser, 0);
    one.onPacket(nominating, browser, 500);
    expect(one.deadline).toBe(Number.POSITIVE_INFINITY);
  });
});
