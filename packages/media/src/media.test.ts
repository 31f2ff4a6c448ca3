import { afterEach, expect, test, vi } from "vitest";
import { MediaBench, phoneLeg, portsOf, sdp, settings } from "./media-bench.ts";
import { drainMs } from "./ports/port-drain.ts";

const plainPhone = { ...phoneLeg, srtp: "off" as const };
const fromPhone = sdp("198.51.100.7", "m=audio 4000 RTP/AVP 0");
const fromPbx = sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0");
/** Two pairs in each local address's pool. */
const small = { ports: { first: 20000, last: 20003 } };

afterEach(() => {
  vi.useRealTimers();
});

test("no free port: 503 in words, counted, and nothing left behind", async () => {
  const bench = await MediaBench.start(small);
  for (const call of ["c1", "c2"])
    expect(await bench.offer("a", fromPhone, plainPhone, undefined, call)).toContain("m=");
  expect(await bench.offer("a", fromPhone, plainPhone, undefined, "c3")).toBe("503 no-port");
  expect(bench.media.status()).toMatchObject({ calls: 2, portsInUse: 8, portsFree: 0, refusedNoPort: 1 });
  expect(bench.logged.at(-1)).toMatchObject({ event: "media.refused", call: "c3", reason: "no-port" });
  bench.media.close("c1");
  expect(bench.media.status()).toMatchObject({ calls: 1, portsInUse: 4, portsDraining: 4 });
  expect(await bench.offer("a", fromPhone, plainPhone, undefined, "c3")).toBe("503 no-port");
  bench.now += drainMs;
  expect(await bench.offer("a", fromPhone, plainPhone, undefined, "c3")).toContain("m=");
});

test("free are the ports of the local address that has fewest, and the whole range before the first call", async () => {
  const bench = await MediaBench.start({ ports: { first: 20001, last: 20010 } });
  const free = () => bench.media.status().portsFree;
  expect(free()).toBe(8);
  await bench.offer("a", fromPhone, plainPhone);
  expect(free()).toBe(6);
  const elsewhere = { ...plainPhone, localAddress: "203.0.113.10" };
  await bench.offer("a", fromPhone, elsewhere, undefined, "c2");
  await bench.offer("a", fromPhone, elsewhere, undefined, "c3");
  // Three pairs are out on the address towards the PBX, two on one and one on the other towards the phones.
  expect(bench.media.status()).toMatchObject({ portsInUse: 12, portsFree: 2 });
});

test("a port another process holds is passed over", async () => {
  const bench = await MediaBench.start(small);
  bench.engine.taken.add(20000);
  const text = await bench.offer("a", fromPhone, plainPhone);
  expect(portsOf(text)).toEqual([20002]);
  const { bindFailures } = bench.media.status();
  expect(bindFailures).toBe(bench.logged.filter((line) => line.event === "media.bind_failed").length);
});

test("an address that cannot be bound is an engine failure, not a search through the range", async () => {
  const bench = await MediaBench.start();
  bench.engine.failure = "EADDRNOTAVAIL";
  expect(await bench.offer("a", fromPhone, plainPhone)).toBe("503 engine-failed");
  expect(bench.media.status()).toMatchObject({ calls: 0, portsInUse: 0, bindFailures: 2 });
});

test("a call that is closed while its ports are being opened leaves nothing behind", async () => {
  const bench = await MediaBench.start();
  const offered = bench.offer("a", fromPhone, plainPhone);
  bench.media.close("c1");
  expect(await offered).toBe("503 closed");
  expect(bench.engine.open.size).toBe(0);
  expect(bench.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
});

test("an offer that replaces one given up half-way keeps its ports", async () => {
  const bench = await MediaBench.start();
  const first = bench.offer("a", fromPhone, plainPhone);
  bench.media.close("c1");
  const second = bench.offer("a", fromPhone, plainPhone);
  expect(await first).toBe("503 closed");
  expect(await second).toContain("m=audio");
  expect(bench.engine.open.size).toBe(2);
});

test("stopping answers whoever still waits for a port", async () => {
  const bench = await MediaBench.start();
  bench.engine.stalled = true;
  const offered = bench.offer("a", fromPhone, plainPhone);
  await bench.media.stop();
  expect(await offered).toMatch(/^503 /);
});

test("closing twice, or what never was, is harmless", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", fromPhone, plainPhone);
  for (const call of ["c1", "c1", "unknown"]) bench.media.close(call);
  bench.media.rollback("unknown");
  expect(bench.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
});

test("a reload moves new calls to the new range and leaves calls in progress on theirs", async () => {
  const bench = await MediaBench.start(small);
  const before = portsOf(await bench.offer("a", fromPhone, plainPhone));
  await bench.answer("b", fromPbx);
  bench.media.apply({ ...settings, ports: { first: 30000, last: 30003 } });
  const other = portsOf(await bench.offer("a", fromPhone, plainPhone, undefined, "c2"));
  expect(other.every((port) => port >= 30000)).toBe(true);
  expect(portsOf(await bench.offer("a", fromPhone, plainPhone))).toEqual(before);
});

test("the calls of a packet thread that died are reported failed, each once", async () => {
  const bench = await MediaBench.start();
  for (const call of ["c1", "c2"]) {
    await bench.offer("a", fromPhone, plainPhone, undefined, call);
    await bench.answer("b", fromPbx, call);
  }
  bench.engine.emit({ kind: "lost", pairs: [1, 2], detail: "planted" });
  expect(bench.events).toEqual([{ kind: "failed", call: "c1", reason: "engine-lost" }]);
  expect(bench.media.status().engineLost).toBe(1);
});

test("silence for the limit is one event; packets put it off; hold suspends it", async () => {
  vi.useFakeTimers();
  const bench = await MediaBench.start();
  for (const call of ["silent", "talking", "held"]) {
    await bench.offer("a", call === "held" ? `${fromPhone}a=sendonly\r\n` : fromPhone, plainPhone, undefined, call);
    await bench.answer("b", fromPbx, call);
  }
  bench.now = 59_000;
  bench.engine.emit({ kind: "counters", pairs: [{ pair: 3, packets: 50, bytes: 8600 }], drops: { stun: 2 } });
  bench.now = 60_000;
  vi.advanceTimersByTime(3_000);
  expect(bench.events).toEqual([{ kind: "inactive", call: "silent" }]);
  expect(bench.media.status()).toMatchObject({ packetsRelayed: 50, bytesRelayed: 8600, dropped: { stun: 2, dtls: 0 } });
});

test("a call that only rings is not watched", async () => {
  vi.useFakeTimers();
  const bench = await MediaBench.start();
  await bench.offer("a", fromPhone, plainPhone);
  bench.now = 1e9;
  vi.advanceTimersByTime(5_000);
  expect(bench.events).toEqual([]);
});

test("threat L1: a foreign source is logged with its call, leg and address", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", fromPhone, plainPhone);
  const source = { address: "203.0.113.66", port: 6666 };
  bench.engine.emit({ kind: "foreign-source", pair: 1, component: "rtp", source, packets: 12 });
  expect(bench.logged.at(-1)).toEqual({
    level: "warn",
    event: "rtp.foreign_source",
    call: "c1",
    leg: "a",
    stream: 0,
    component: "rtp",
    ...source,
    packets: 12,
  });
});
