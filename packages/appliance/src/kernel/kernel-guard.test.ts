/** Threat "silent loss of protection": what is believed to be in the kernel is what is there, and a packet shows it. */
import type { KeptBan } from "@ringfence/edge";
import type { FirewallRequest } from "@ringfence/firewall";
import { expect, test } from "vitest";
import { KernelGuard } from "./kernel-guard.ts";
import type { AskFirewall, ProbeTarget } from "./prove.ts";

const hour = 3_600_000;
const target: ProbeTarget = {
  to: { address: "192.0.2.200", port: 5060 },
  from: "127.83.66.67",
  source: "127.83.66.67",
};

/** A kernel with a helper in front, as far as its answers go; each way of failing can be switched on. */
class Machine {
  now = 1_000_000;
  elements = new Map<string, number>();
  banned = 0;
  madeFrom = "rules";
  loaded = true;
  helper = true;
  drops = true;
  counts = true;
  deaf = false;
  readonly asked: FirewallRequest[] = [];

  readonly ask: AskFirewall = async (request) => {
    this.asked.push(request);
    if (!this.helper) return { ok: false, reason: "no-helper", detail: "ENOENT" };
    if (request.do === "load") {
      if (!this.loaded) this.elements.clear();
      this.loaded = true;
      return { ok: true };
    }
    if (!this.loaded) return { ok: false, reason: "no-rules", detail: "there is no table" };
    if (request.do === "add")
      for (const ban of request.bans) this.elements.set(ban.source, this.now + ban.seconds * 1_000);
    if (request.do === "remove") for (const source of request.sources) this.elements.delete(source);
    const dropped = { banned: this.banned, over_rate: 0, denied: 0, stranger: 0 };
    const bans = [...this.elements].map(([source, until]) => ({
      source,
      seconds: Math.floor((until - this.now) / 1_000),
    }));
    return { ok: true, rules: { madeFrom: this.madeFrom, dropped }, bans };
  };

  readonly send = async ({ source }: ProbeTarget, most: number) => {
    if (this.deaf) return { sent: most, answered: false };
    if (!this.elements.has(source) || !this.drops) return { sent: 1, answered: true };
    if (this.counts) this.banned += most;
    return { sent: most, answered: false };
  };

  /** Without what a probe does. */
  get orders(): readonly string[] {
    return this.asked.splice(0).map((request) => request.do);
  }
}

function guarded(machine = new Machine(), settings = { mode: "enforce", must: false }) {
  const wanted: KeptBan[] = [];
  const lines: unknown[] = [];
  const targets = [target];
  const shadow = { state: "shadow", why: "defence.mode is shadow" } as const;
  const guard = new KernelGuard({
    unwanted: () => (settings.mode === "shadow" ? shadow : undefined),
    hasHelper: () => machine.helper,
    mustHaveHelper: () => settings.must,
    madeFrom: () => "rules",
    wanted: () => (settings.mode === "shadow" ? [] : wanted),
    targets: () => targets,
    ask: machine.ask,
    send: machine.send,
    now: () => machine.now,
    log: { line: (level, fields) => lines.push({ level, ...fields }) },
  });
  const ban = (label: string, forMs = hour): void => {
    wanted.push({ kind: "source", label, reason: "by-hand", since: 0, until: machine.now + forMs, times: 1 });
  };
  return { guard, machine, settings, wanted, lines, targets, ban };
}

test("bans come and go with the edge's, with their ends, and nothing is asked while nothing changes", async () => {
  const { guard, machine, wanted, ban } = guarded();
  await guard.round();
  expect(guard.status).toMatchObject({ state: "proven", bans: 0, trouble: null });
  ban("192.0.2.1", 90_000);
  await guard.round();
  expect([...machine.elements]).toEqual([["192.0.2.1", machine.now + 90_000]]);
  machine.asked.length = 0;
  await guard.round();
  expect(machine.orders).toEqual([]);
  wanted.length = 0;
  await guard.round();
  expect([machine.orders, machine.elements.size]).toEqual([["remove"], 0]);
});

test("ten thousand bans are put there in requests of 512", async () => {
  const { guard, machine, ban } = guarded();
  for (let i = 0; i < 10_000; i++) ban(`10.0.${i >> 8}.${i & 255}`);
  await guard.round();
  expect([machine.elements.size, guard.status.bans]).toEqual([10_000, 10_000]);
  expect(machine.asked.filter((request) => request.do === "add" && request.bans.length > 512)).toEqual([]);
});

test("after a restart what the kernel has is taken over, what nobody wants any more is taken out", async () => {
  const machine = new Machine();
  machine.elements = new Map([
    ["192.0.2.1", machine.now + hour],
    ["192.0.2.9", machine.now + hour],
  ]);
  const { guard, ban } = guarded(machine);
  ban("192.0.2.1");
  ban("192.0.2.2", 30_000);
  await guard.round();
  expect([...machine.elements.keys()]).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(machine.elements.get("192.0.2.2")).toBe(machine.now + 30_000);
  expect(guard.status.state).toBe("proven");
});

test("a set that somebody flushed turns health red within a minute, is filled again, and is good after the next proof", async () => {
  const { guard, machine, lines, ban } = guarded();
  ban("192.0.2.1");
  await guard.round();
  machine.elements.clear();
  machine.now += 60_000;
  await guard.round();
  expect(guard.status).toMatchObject({ state: "failed", trouble: "bans-missing" });
  expect(guard.problems()).toEqual([
    "bans do not hold in the kernel: bans were gone from the kernel, and were put back (1 of them)",
  ]);
  expect([...machine.elements.keys()]).toEqual(["192.0.2.1"]);
  machine.now += 5_000;
  await guard.round();
  expect(guard.status.state).toBe("proven");
  expect(lines).toMatchObject([
    { level: "info", event: "kernel", state: "proven" },
    { level: "error", event: "kernel", state: "failed", reason: "bans-missing" },
    { level: "info", event: "kernel", state: "proven" },
  ]);
});

test("a ruleset that somebody flushed is loaded again and filled, and was said", async () => {
  const { guard, machine, ban } = guarded();
  ban("192.0.2.1");
  await guard.round();
  machine.loaded = false;
  expect(await guard.prove()).toMatchObject({ state: "failed", trouble: "no-rules" });
  expect([...machine.elements.keys()]).toEqual(["192.0.2.1"]);
  expect(await guard.prove()).toMatchObject({ state: "proven" });
});

const failures: readonly (readonly [string, string, (machine: Machine) => void])[] = [
  ["a rule that lets banned packets pass", "not-dropped", (machine) => (machine.drops = false)],
  ["packets that vanish elsewhere", "not-counted", (machine) => (machine.counts = false)],
  ["a listener that hears nothing", "no-answer", (machine) => (machine.deaf = true)],
  ["rules of another configuration", "other-rules", (machine) => (machine.madeFrom = "older")],
  ["a helper that is gone", "no-helper", (machine) => (machine.helper = false)],
];

test.each(failures)("%s: %s, and good again when it is", async (_what, trouble, breakIt) => {
  const { guard, machine } = guarded(new Machine(), { mode: "enforce", must: true });
  breakIt(machine);
  await guard.round();
  expect(guard.status).toMatchObject({ state: "failed", trouble });
  expect(machine.elements.size).toBe(0);
  Object.assign(machine, {
    drops: true,
    counts: true,
    deaf: false,
    madeFrom: "rules",
    helper: true,
    now: machine.now + 60_000,
  });
  await guard.round();
  expect(guard.status).toMatchObject({ state: "proven", trouble: null });
});

test("the proof is made again each hour; a listener too busy to answer does not undo the last one", async () => {
  const { guard, machine } = guarded();
  await guard.round();
  machine.deaf = true;
  machine.now += hour;
  await guard.round();
  expect(guard.status.state).toBe("proven");
  machine.now += 2 * hour;
  await guard.round();
  expect(guard.status).toMatchObject({ state: "failed", trouble: "no-answer" });
});

test("a helper that does not answer is asked less and less often, and everything is put back when it does", async () => {
  const { guard, machine, ban } = guarded();
  await guard.round();
  ban("192.0.2.1");
  machine.helper = false;
  await guard.round();
  machine.asked.length = 0;
  for (let second = 0; second < 120; second += 2) {
    machine.now += 2_000;
    await guard.round();
  }
  const tries = machine.asked.filter((request) => request.do === "list").length;
  expect(tries).toBeLessThan(8);
  machine.helper = true;
  machine.now += 60_000;
  await guard.round();
  expect([guard.status.state, [...machine.elements.keys()]]).toEqual(["proven", ["192.0.2.1"]]);
});

test("without a helper nothing is wrong, unless there must be one", async () => {
  const machine = new Machine();
  machine.helper = false;
  const { guard, settings } = guarded(machine);
  await guard.round();
  expect(guard.status.state).toBe("off");
  settings.must = true;
  await guard.round();
  expect(guard.status).toMatchObject({ state: "failed", trouble: "no-helper" });
});

test("in shadow nothing goes to the kernel, what is there from before is taken out, and status says so", async () => {
  const machine = new Machine();
  machine.elements.set("192.0.2.9", machine.now + hour);
  const { guard, settings, ban } = guarded(machine, { mode: "shadow", must: false });
  ban("192.0.2.1");
  for (let i = 0; i < 3; i++) await guard.round();
  expect([machine.elements.size, guard.status.state]).toEqual([0, "shadow"]);
  expect(machine.orders).toEqual(["list", "remove"]);
  settings.mode = "enforce";
  await guard.round();
  expect([[...machine.elements.keys()], guard.status.state]).toEqual([["192.0.2.1"], "proven"]);
});

test("where no packet can show it, nobody says that it was shown", async () => {
  const { guard, targets } = guarded();
  targets.length = 0;
  expect(await guard.prove()).toMatchObject({ state: "unproven", provenAt: null });
});
