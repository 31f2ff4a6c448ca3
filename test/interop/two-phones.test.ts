/** Two baresip through the PBX: each hears the other, and every way for a call to end is seen by both. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { fromMulaw, toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { type RtpPacket, rtpOf } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let pbx: Pbx;
let ringfence: Ringfence;
/** 1001 is on TLS and SRTP throughout, 1002 on UDP and RTP until the last scenario. */
let caller: Phone;
let callee: Phone;

function startPhone(user: "1001" | "1002", name: string, way: typeof plain): Promise<Phone> {
  return Phone.start(laboratory, name, extension(user, { ...way, answers: "when-told" }));
}

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("two-phones");
  pbx = await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, config({ phones: "media: { srtp: optional }" }));
  [caller, callee] = await Promise.all([
    startPhone("1001", "1001-encrypted", encrypted),
    startPhone("1002", "1002-plain", plain),
  ]);
}, 120_000);
beforeEach(() => {
  caller?.forget();
  callee?.forget();
});
afterAll(() => laboratory?.close());

async function ring(from: Phone, to: Phone, number: string): Promise<void> {
  from.tell("dial", number);
  await to.sees("CALL_INCOMING");
  await from.sees("CALL_RINGING");
}

async function talk(from: Phone, to: Phone, number: string): Promise<void> {
  await ring(from, to, number);
  to.tell("accept");
  await Promise.all([from.sees("CALL_ESTABLISHED"), to.sees("CALL_ESTABLISHED")]);
}

async function eachHearsTheOther(): Promise<void> {
  const [heard, heardBack] = await Promise.all([caller.hears(2), callee.hears(2)]);
  expect(toneShare(heard, tones["1002"])).toBeGreaterThan(0.95);
  expect(toneShare(heardBack, tones["1001"])).toBeGreaterThan(0.95);
}

async function bothSeeTheEnd(): Promise<void> {
  await Promise.all([caller.sees("CALL_CLOSED"), callee.sees("CALL_CLOSED")]);
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
  expect((await pbx.state()).calls).toEqual([]);
}

scenario("a phone on TLS and SRTP calls one on UDP and RTP: both hear the other; the caller hangs up", async () => {
  await talk(caller, callee, "1002");
  await eachHearsTheOther();
  caller.tell("hangup");
  await bothSeeTheEnd();
});

scenario("the one on UDP and RTP calls back: both hear the other; the callee hangs up", async () => {
  await talk(callee, caller, "1001");
  await eachHearsTheOther();
  caller.tell("hangup");
  await bothSeeTheEnd();
});

scenario("a callee that rejects is busy for the caller", async () => {
  await ring(caller, callee, "1002");
  callee.tell("hangup");
  expect((await caller.sees("CALL_CLOSED")).param).toContain("486");
  await bothSeeTheEnd();
});

scenario("a caller that gives up while it rings silences the callee", async () => {
  await ring(caller, callee, "1002");
  caller.tell("hangup");
  await bothSeeTheEnd();
});

scenario("a callee that never answers: the PBX gives up, and both phones stop", async () => {
  await pbx.set("ringTimeout", "2");
  await ring(caller, callee, "1002");
  expect((await caller.sees("CALL_CLOSED")).param).toContain("480");
  await bothSeeTheEnd();
  await pbx.set("ringTimeout", "180");
});

scenario("hold stops the audio, resume brings the tone back to both", async () => {
  const capture = await Capture.start(laboratory, "outside", "hold");
  // baresip records nothing more after a re-INVITE, so the wire is the witness here.
  const rtpTo = (party: "phone" | "phone2"): readonly RtpPacket[] =>
    rtpOf(capture.soFar().filter(({ destination }) => destination === addresses[party]));
  await talk(caller, callee, "1002");
  await eachHearsTheOther();

  const answered = callee.trace.length;
  callee.tell("hold");
  await eventually("the hold to be answered", () => callee.trace.includes("a=recvonly", answered));
  const atHold = await stillness(() => rtpTo("phone2").length);
  callee.tell("resume");
  await eventually("two seconds of packets", () => rtpTo("phone2").length > atHold + 100);
  const resumed = Buffer.concat(
    rtpTo("phone2")
      .slice(atHold)
      .map(({ payload }) => payload),
  );
  expect(toneShare(fromMulaw(resumed), tones["1001"])).toBeGreaterThan(0.9);

  const recently = rtpTo("phone").filter(({ captured }) => captured.time > Date.now() / 1_000 - 1.5);
  expect(recently.length).toBeGreaterThan(25);
  expect(caller.trace).not.toContain("failed to decrypt RTP packet");
  callee.tell("hangup");
  await bothSeeTheEnd();
  await capture.stop();
});

scenario("both on TLS and SRTP: both hear the other; the callee hangs up", async () => {
  await callee.stop();
  callee = await startPhone("1002", "1002-encrypted", encrypted);
  await talk(caller, callee, "1002");
  await eachHearsTheOther();
  callee.tell("hangup");
  await bothSeeTheEnd();
});

/** Waits until a number stays the same for most of a second, and returns it. */
function stillness(look: () => number): Promise<number> {
  let last = { value: -1, since: 0 };
  return eventually("the packets to stop", () => {
    const value = look();
    if (value !== last.value) last = { value, since: performance.now() };
    return performance.now() - last.since > 700 && value;
  });
}
