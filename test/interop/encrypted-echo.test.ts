/** A phone on TLS with mandatory SRTP; the PBX behind speaks UDP and RTP. */
import { afterAll, beforeAll, expect } from "vitest";
import type { Captured } from "../support/pcap.ts";
import { fromMulaw, type Recording, toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { crossing, identifiers, packetsWithAudio, rtpOf, sipTexts, withoutDigestUri } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let ringfence: Ringfence;
let call: {
  readonly heard: Recording;
  readonly outside: readonly Captured[];
  readonly inside: readonly Captured[];
  readonly trace: string;
  readonly messages: readonly string[];
};

/** One call to the echo, from the registration to its removal, with both sides of Ringfence captured in the same run. */
beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("encrypted-echo");
  await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, config({ phones: "media: { srtp: required }" }));
  const captures = [
    await Capture.start(laboratory, "outside", "call"),
    await Capture.start(laboratory, "inside", "call"),
  ];
  const phone = await Phone.start(laboratory, "phone", extension("1001", encrypted));
  phone.tell("dial", "600");
  await phone.sees("CALL_ESTABLISHED");
  const heard = await phone.hears(3);
  phone.tell("hangup");
  await phone.sees("CALL_CLOSED");
  await phone.stop();
  const [outside = [], inside = []] = await Promise.all(captures.map((capture) => capture.stop()));
  call = { heard, outside, inside, trace: phone.trace, messages: phone.messages };
}, 120_000);
afterAll(() => laboratory?.close());

scenario("baresip registers over TLS, calls 600 with mandatory SRTP and hears its own tone", () => {
  expect(call.trace).toContain("SRTP is Enabled (cryptosuite=AES_CM_128_HMAC_SHA1_80)");
  expect(toneShare(call.heard, tones["1001"])).toBeGreaterThan(0.95);
});

scenario("the tone is in clear on the PBX side and in no packet on the phone side", () => {
  const clear = rtpOf(call.inside);
  const fromPhone = clear.filter(({ captured }) => captured.destination === addresses.pbx);
  const tone = fromMulaw(Buffer.concat(fromPhone.map(({ payload }) => payload)));
  expect(toneShare(tone, tones["1001"])).toBeGreaterThan(0.95);
  expect(packetsWithAudio(call.inside, clear)).toBeGreaterThan(200);
  expect(packetsWithAudio(call.outside, clear)).toBe(0);

  const sealed = rtpOf(call.outside);
  expect(sealed.length).toBeGreaterThan(200);
  expect(toneShare(fromMulaw(Buffer.concat(sealed.map(({ payload }) => payload))), tones["1001"])).toBeLessThan(0.05);
});

scenario("the phone side of the wire carries TLS and SRTP only: no SIP can be read there", () => {
  const readable = call.outside.filter(({ payload }) => payload.includes("SIP/2.0"));
  expect(readable).toEqual([]);
  const signalling = call.outside.filter(({ protocol }) => protocol === "tcp");
  expect(signalling.every((p) => p.sourcePort === 5061 || p.destinationPort === 5061)).toBe(true);
});

scenario("nothing that the phone reads inside TLS names the PBX side", () => {
  const pbxSide = sipTexts(call.inside);
  const names = identifiers(pbxSide);
  expect(names.length).toBeGreaterThan(15);
  expect(crossing(names, call.messages)).toEqual([]);
  expect(
    crossing(["10.30.0.", "pbx.example.com", "SIP server", "PRACK, REFER, REGISTER", "rf="], call.messages),
  ).toEqual([]);
});

scenario("nothing that the PBX reads names the phone side", () => {
  const pbxSide = sipTexts(call.inside).map(withoutDigestUri);
  const names = identifiers(call.messages);
  expect(names.length).toBeGreaterThan(15);
  expect(crossing(names, pbxSide)).toEqual([]);
  expect(crossing(["198.51.100.", "baresip", "SIP/2.0/TLS"], pbxSide)).toEqual([]);
});

scenario("both parties of every packet inside are Ringfence's phone address and the PBX", () => {
  const parties = new Set(call.inside.flatMap(({ source, destination }) => [source, destination]));
  expect([...parties].sort()).toEqual([addresses.ringfenceForPhones, addresses.pbx]);
});

scenario("the call leaves no call, registration or media port behind", async () => {
  const after = await ringfence.until(
    "everything of the call to be gone",
    ({ media, calls, registrations }) =>
      calls + registrations + media.calls + media.portsInUse + media.portsDraining === 0,
  );
  expect(after.media.packetsRelayed).toBeGreaterThan(200);
});

scenario("SIGTERM ends it with exit code 0", async () => {
  expect(await ringfence.stop()).toBe(0);
});
