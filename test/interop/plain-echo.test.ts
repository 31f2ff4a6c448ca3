/** A phone that knows no encryption, where `phones.media.srtp: optional` lets it in: the wire itself shows what crosses. */
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
import { crossing, identifiers, packetsWithAudio, rtpOf, sipTexts, withoutDigestUri } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let call: { readonly heard: Recording; readonly outside: readonly Captured[]; readonly inside: readonly Captured[] };

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("plain-echo");
  await Pbx.start(laboratory);
  await Ringfence.start(laboratory, config({ phones: "media: { srtp: optional }" }));
  const captures = [
    await Capture.start(laboratory, "outside", "call"),
    await Capture.start(laboratory, "inside", "call"),
  ];
  const phone = await Phone.start(laboratory, "phone", extension("1001", plain));
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  const heard = await phone.hears(3);
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");
  await phone.stop();
  const [outside = [], inside = []] = await Promise.all(captures.map((capture) => capture.stop()));
  call = { heard, outside, inside };
}, 120_000);
afterAll(() => laboratory?.close());

scenario("baresip registers over UDP, calls 600 with plain RTP and hears its own tone", () => {
  expect(toneShare(call.heard, tones["1001"])).toBeGreaterThan(0.95);
});

scenario("its audio is found on both sides: the check that finds none when it is encrypted does find it here", () => {
  const clear = rtpOf(call.inside);
  expect(packetsWithAudio(call.inside, clear)).toBeGreaterThan(200);
  expect(packetsWithAudio(call.outside, clear)).toBeGreaterThan(200);
});

scenario("no Call-ID, tag, branch, contact, program or address of the PBX side is on the phone's wire", () => {
  const [phoneSide, pbxSide] = [sipTexts(call.outside), sipTexts(call.inside)];
  const names = identifiers(pbxSide);
  expect(names.length).toBeGreaterThan(15);
  expect(crossing(names, phoneSide)).toEqual([]);
  const words = ["10.30.0.", "pbx.example.com", "SIP server", "PRACK, REFER, REGISTER", "rf="];
  expect(crossing(words, phoneSide)).toEqual([]);
  const strangers = call.outside.filter((p) => p.source.startsWith("10.") || p.destination.startsWith("10."));
  expect(strangers).toEqual([]);
});

scenario("no Call-ID, tag, branch, contact, program or address of the phone side is on the PBX's wire", () => {
  const [phoneSide, pbxSide] = [sipTexts(call.outside), sipTexts(call.inside).map(withoutDigestUri)];
  const names = identifiers(phoneSide);
  expect(names.length).toBeGreaterThan(15);
  expect(crossing(names, pbxSide)).toEqual([]);
  expect(crossing(["198.51.100.", "baresip"], pbxSide)).toEqual([]);
  const parties = new Set(call.inside.flatMap(({ source, destination }) => [source, destination]));
  expect([...parties].sort()).toEqual([addresses.ringfenceForPhones, addresses.pbx]);
});

scenario("from the first packet that went through to the last, every packet of the echo reached the phone", () => {
  // Before the phone's address is learnt nothing is sent to it: that is the rule of threat L1.
  const toPhone = rtpOf(call.outside.filter(({ destination }) => destination === addresses.phone));
  const relayed = toPhone.map(({ sequence }) => sequence);
  const offered = rtpOf(call.inside.filter(({ source }) => source === addresses.pbx)).map(({ sequence }) => sequence);
  const between = offered.slice(offered.indexOf(relayed[0] ?? -1), offered.lastIndexOf(relayed.at(-1) ?? -1) + 1);
  expect(relayed.length).toBeGreaterThan(100);
  expect(relayed).toEqual(between);
});
