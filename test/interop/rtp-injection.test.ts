/** threat L1: somebody in the phone's own network sends RTP to every media port, before and during calls. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";
import type { Captured } from "../support/pcap.ts";
import { type Recording, toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { extension, plain, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { packetsWithAudio, rtpOf } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip");
const sprayProgram = fileURLToPath(new URL("laboratory/spray.ts", import.meta.url));
const attackersTone = 800;
const ports = { first: 20_000, last: 20_099 };
const calls = 3;
let laboratory: Laboratory;
const heard: Recording[] = [];
let outside: readonly Captured[] = [];
let inside: readonly Captured[] = [];

/** Plain RTP: there is no key that would tell the phone's packets from the attacker's. */
beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("rtp-injection");
  await Pbx.start(laboratory);
  const mediaPorts = `${ports.first}-${ports.last}`;
  await Ringfence.start(laboratory, config({ phones: "media: { srtp: optional }", mediaPorts }));
  const phone = await Phone.start(laboratory, "phone", extension("1001", plain));
  const captures = [
    await Capture.start(laboratory, "outside", "call"),
    await Capture.start(laboratory, "inside", "call"),
  ];
  const spray = laboratory.run("attacker", "spray", {
    command: process.execPath,
    args: [sprayProgram, addresses.ringfenceOutside, String(ports.first), String(ports.last)],
  });
  await spray.says("spraying");
  for (let call = 0; call < calls; call++) {
    phone.forget();
    phone.tell("dial", "600");
    await phone.sees("CALL_ESTABLISHED");
    heard.push(await phone.hears(2));
    phone.tell("hangup");
    await phone.sees("CALL_CLOSED");
  }
  await spray.stop();
  [outside = [], inside = []] = await Promise.all(captures.map((capture) => capture.stop()));
}, 120_000);
afterAll(() => laboratory?.close());

const sprayed = (): readonly Captured[] => outside.filter(({ source }) => source === addresses.attacker);

scenario("threat L1: the attacker, in the phone's own network, gets no packet back", () => {
  expect(sprayed().length).toBeGreaterThan(1_000);
  expect(outside.filter(({ destination }) => destination === addresses.attacker)).toEqual([]);
});

scenario("threat L1: nothing of the attacker's audio reaches the PBX or the phone", () => {
  const audio = rtpOf(sprayed().slice(0, 10));
  expect(packetsWithAudio(sprayed().slice(0, 10), audio)).toBe(10);
  expect(packetsWithAudio(inside, audio)).toBe(0);
  const toPhone = outside.filter(({ destination }) => destination === addresses.phone);
  expect(packetsWithAudio(toPhone, audio)).toBe(0);
});

scenario("threat L1: every call under the spray has its own audio, and only that", () => {
  expect(heard).toHaveLength(calls);
  for (const recording of heard) {
    expect(toneShare(recording, tones["1001"])).toBeGreaterThan(0.95);
    expect(toneShare(recording, attackersTone)).toBeLessThan(0.01);
  }
});
