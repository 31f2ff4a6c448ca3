import { expect, onTestFinished, test } from "vitest";
import { MediaCall } from "../../../test/support/media-call.ts";
import { createMedia } from "./media.ts";
import { settings as benchSettings, coreLeg, phoneLeg, sdp } from "./media-bench.ts";
import type { Media } from "./media-options.ts";
import { MediaSwitch } from "./media-switch.ts";
import { createFarm } from "./rtpengine/farm.ts";
import { farmSettings } from "./rtpengine/farm-bench.ts";
import { InstanceStandIn, networkOf } from "./rtpengine/instance-stand-in.ts";

/** A range of its own: here are real sockets. */
const settings = { ...benchSettings, ports: { first: 47_800, last: 47_899 } };
const ignored = { onEvent: () => undefined, log: () => undefined };
const offer = sdp("192.0.2.10", "m=audio 4000 RTP/AVP 0");
const here = { localAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };
const legs = { a: { ...phoneLeg, ...here, srtp: "off" as const }, b: { ...coreLeg, ...here } };

/** An engine of our own with one call that is up, and a farm that is ready. */
async function running() {
  const own = new MediaSwitch(await createMedia({ settings, workers: 1, ...ignored }));
  onTestFinished(() => own.stop());
  const call = await MediaCall.start(own, "old");
  onTestFinished(() => call.close());
  const instance = new InstanceStandIn();
  const open = () =>
    createFarm({ settings: farmSettings(), ...ignored, open: networkOf({ "10.0.0.7:2223": instance }) });
  const turn = async (to: () => Promise<Media>, next = farmSettings()) => (await own.prepare(to, next)).turn();
  const offered = async (id: string): Promise<string> => {
    const result = await own.offer(id, "a", Buffer.from(offer, "latin1"), legs);
    return result.ok ? Buffer.from(result.sdp).toString("latin1") : result.reason;
  };
  return { own, call, open, turn, offered, instance };
}

test("after a change of engine new calls go to the new one; the old call is heard, held and ended where it is", async () => {
  const { own, call, open, turn, offered, instance } = await running();
  await turn(open);
  expect(await offered("new")).toContain("10.0.0.7");
  await call.phoneIsHeard();
  const ports = [call.phonePort, call.pbxPort];
  await call.exchange("sendonly");
  await call.exchange();
  expect([call.phonePort, call.pbxPort]).toEqual(ports);
  await call.pbxIsHeard();
  expect([own.isLeaving, own.status().calls, instance.calls.size]).toEqual([true, 2, 1]);
  await expect.poll(() => own.status().packetsRelayed).toBeGreaterThan(0);
  own.close("old");
  expect([own.isLeaving, own.status().calls]).toEqual([false, 1]);
  // What it counted stays counted.
  await expect.poll(() => own.status().portsInUse).toBe(own.status().calls * 4 - 4);
  expect(own.status().packetsRelayed).toBeGreaterThan(0);
});

test("an engine without calls ends with the change, and one that could not be opened changes nothing", async () => {
  const { own, open, turn, offered } = await running();
  await expect(turn(() => Promise.reject(new Error("no such engine")))).rejects.toThrow("no such engine");
  expect(await offered("c2")).toContain("127.0.0.1");
  for (const id of ["old", "c2"]) own.close(id);
  await turn(open);
  expect([own.isLeaving, await offered("c3")]).toEqual([false, expect.stringContaining("10.0.0.7")]);
});

test("turning back while calls are left takes up the engine that has them", async () => {
  const { own, open, turn, offered } = await running();
  await turn(open);
  await offered("new");
  await turn(() => Promise.reject(new Error("opened twice")), settings);
  expect(await offered("c3")).toContain("127.0.0.1");
  own.close("new");
  expect([own.isLeaving, own.status().calls]).toEqual([false, 2]);
});

test("a change that is given up leaves no second engine", async () => {
  const { own, open, offered } = await running();
  const prepared = await own.prepare(open, farmSettings());
  await prepared.giveUp();
  expect([own.isLeaving, await offered("c2")]).toEqual([false, expect.stringContaining("127.0.0.1")]);
});
