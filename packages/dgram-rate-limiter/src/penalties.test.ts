import { expect, test } from "vitest";
import { Penalties } from "./penalties.ts";

const minute = 60_000;
const rule = { windowMs: minute, max: 5, banMs: 15 * minute, grow: 4, longestMs: 7 * 24 * 60 * minute };
const office = "198.51.100.7";

function after(failures: readonly string[], penalties = new Penalties(7)) {
  return failures
    .map((account, i) => penalties.failed(1 + i, office, "proven", rule, "wrong-password", account))
    .at(-1);
}

test("one phone with an old password, however often it tries, bans no office", () => {
  expect(after(Array.from({ length: 1_000 }, () => "1001"))).toBeUndefined();
});

test("five accounts guessed at ban the source, six minutes' worth of four do not", () => {
  expect(after(["1001", "1002", "1003", "1004", "1005"])).toMatchObject({ kind: "source", label: office, times: 1 });
  const penalties = new Penalties(7);
  for (let i = 0; i < 6; i++) {
    for (const account of ["1001", "1002", "1003", "1004"]) {
      expect(
        penalties.failed(1 + i * minute, office, "proven", rule, "wrong-password", `${i}${account}`),
      ).toBeUndefined();
    }
  }
});

test("bans grow by their factor to the longest, and are forgotten after as long without one", () => {
  const penalties = new Penalties(7);
  const lengths: number[] = [];
  let now = 1;
  for (let i = 0; i < 7; i++) {
    for (let failure = 0; failure < 5; failure++) {
      const ban = penalties.failed(now, office, "proven", rule, "malformed");
      if (ban !== undefined) lengths.push((ban.until - ban.since) / minute);
      if (failure === 4 && ban !== undefined) now = ban.until + 1;
    }
  }
  expect(lengths).toEqual([15, 60, 240, 960, 3_840, 10_080, 10_080]);
  now += rule.longestMs;
  const again = [1, 2, 3, 4, 5].map(() => penalties.failed(now, office, "proven", rule, "malformed")).at(-1);
  expect(again).toMatchObject({ times: 1, until: now + 15 * minute });
});

test("what a forged datagram can say makes a suspect and never a ban", () => {
  const penalties = new Penalties(7);
  for (let i = 0; i < 100; i++) penalties.failed(1, office, "forgeable", { ...rule, max: 1 }, "scanner");
  expect(penalties.standing(2, office)).toBe("suspect");
  expect(penalties.standing(2, "198.51.100.8")).toBe("free");
});

test("an account is locked by five sources, not by one, and held at a place by that place alone", () => {
  const penalties = new Penalties(7);
  for (let i = 0; i < 100; i++) penalties.failedAccount(1, "1001", office, rule, "wrong-password");
  expect(penalties.isLocked(2, "1001")).toBe(false);
  for (let i = 0; i < 4; i++) penalties.failedAccount(1, "1001", `203.0.113.${i}`, rule, "wrong-password");
  expect([penalties.isLocked(2, "1001"), penalties.isLocked(2, "1002")]).toEqual([true, false]);
  for (let i = 0; i < 5; i++) penalties.failedAt(1, office, "1003", rule);
  expect([penalties.isHeld(2, office, "1003"), penalties.isHeld(2, "203.0.113.1", "1003")]).toEqual([true, false]);
  penalties.forgive(3, office, "1003");
  expect(penalties.isHeld(4, office, "1003")).toBe(false);
});

test("IPv6: a /64 is one source, and a /48 whose sources go on is banned whole", () => {
  const penalties = new Penalties(7);
  const at = (subnet: number) => `2001:db8:7:${subnet.toString(16)}::1`;
  for (let i = 0; i < 5; i++) penalties.failed(1, `2001:db8:7:1::${i + 1}`, "proven", rule, "malformed");
  expect([penalties.standing(2, "2001:db8:7:1::99"), penalties.standing(2, at(2))]).toEqual(["banned", "free"]);
  for (let i = 0; i < 20; i++) penalties.failed(1, at(100 + i), "proven", rule, "malformed");
  expect(penalties.standing(2, at(4_000))).toBe("banned");
  expect(penalties.bans(2).map(({ label }) => label)).toEqual(["2001:db8:7:1::/64", "2001:db8:7::/48"]);
  expect([penalties.lift(3, "2001:db8:7::/48"), penalties.standing(3, at(4_000))]).toEqual([true, "free"]);
});

test("a ban by hand or from before a restart stands, is listed and can be lifted", () => {
  const penalties = new Penalties(7);
  penalties.ban(1, { kind: "source", label: "::ffff:192.0.2.1", reason: "by hand", since: 1, until: 100, times: 1 });
  penalties.ban(1, { kind: "account", label: "1001", reason: "wrong-password", since: -50, until: 100, times: 2 });
  penalties.ban(1, { kind: "account", label: "1002", reason: "wrong-password", since: 7, until: 100, times: 1 });
  expect(
    penalties.ban(1, { kind: "source", label: "nowhere", reason: "", since: 1, until: 9, times: 1 }),
  ).toBeUndefined();
  const stand = penalties.bans(2);
  expect(stand[0]).toMatchObject({ kind: "source", label: "192.0.2.1", reason: "by hand", since: 1, until: 100 });
  // Since it began, which may be before this process; a clock that was set back makes no ban that begins later.
  expect(
    stand
      .slice(1)
      .map(({ label, since, times }) => [label, since, times])
      .toSorted(),
  ).toEqual([
    ["1001", -50, 2],
    ["1002", 1, 1],
  ]);
  penalties.lift(3, "1002");
  expect([penalties.lift(3, "192.0.2.1"), penalties.lift(3, "1001"), penalties.lift(3, "1001")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(penalties.bans(3)).toEqual([]);
});

test("who asks over one flow for nine accounts and proves none is not heard there; who proves one may go on", () => {
  const penalties = new Penalties(7);
  const asks = (account: number) => penalties.asked(1, "udp|192.0.2.1|5060", String(account), { ...rule, max: 8 });
  expect([1, 1, 1, 1, 1, 1, 1, 1, 1, 1].map(asks)).not.toContain(true);
  penalties.answered(1, "udp|192.0.2.1|5060");
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(asks).at(-1)).toBe(true);
  expect([penalties.isSilenced(2, "udp|192.0.2.1|5060"), penalties.isSilenced(2, "udp|192.0.2.1|5061")]).toEqual([
    true,
    false,
  ]);
});

test("any number of forged sources and accounts grow nothing, and no ban gives way to them", () => {
  const penalties = new Penalties(0xdecafbad);
  penalties.ban(1, { kind: "source", label: office, reason: "by hand", since: 1, until: 1e9, times: 1 });
  for (let i = 0; i < 200_000; i++) {
    const address = `${1 + (i % 200)}.${(i >>> 3) & 255}.${(i >>> 11) & 255}.${i & 255}`;
    penalties.failed(2, address, i % 2 === 0 ? "forgeable" : "proven", rule, "scanner", String(i));
  }
  expect(penalties.standing(3, office)).toBe("banned");
  expect(penalties.bans(3).length).toBeLessThanOrEqual(16_384 * 2 + 4_096);
});
