/** baresip with DTLS-SRTP and without ICE calls a phone on plain RTP: each hears the other. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { toneShare } from "../support/tone.ts";
import { extension, plain, tones } from "./laboratory/extensions.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let ringfence: Ringfence;
let dtls: Phone;
let desk: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("dtls-phone");
  await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, config({ phones: "media: { srtp: optional, keying: [sdes, dtls] }" }));
  [dtls, desk] = await Promise.all([
    Phone.start(laboratory, "1001-dtls", extension("1001", { transport: "tls", media: "dtls", answers: "when-told" })),
    Phone.start(laboratory, "1002-plain", extension("1002", { ...plain, answers: "when-told" })),
  ]);
}, 120_000);
afterEach(() => {
  dtls?.forget();
  desk?.forget();
});
afterAll(() => laboratory?.close());

async function eachHearsTheOther(): Promise<void> {
  const [atDtls, atDesk] = await Promise.all([dtls.hears(4), desk.hears(4)]);
  // The first moments are silence: the handshake.
  for (const [heard, tone] of [
    [atDtls, tones["1002"]],
    [atDesk, tones["1001"]],
  ] as const) {
    const last = { ...heard, samples: heard.samples.subarray(-heard.rate) };
    expect(toneShare(last, tone)).toBeGreaterThan(0.8);
  }
}

async function call(from: Phone, to: Phone, number: string): Promise<void> {
  from.tell("dial", number);
  await to.sees("CALL_INCOMING");
  to.tell("accept");
  await Promise.all([from.sees("CALL_ESTABLISHED"), to.sees("CALL_ESTABLISHED")]);
  await eachHearsTheOther();
  from.tell("hangup");
  await Promise.all([from.sees("CALL_CLOSED"), to.sees("CALL_CLOSED")]);
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
}

scenario("a phone with DTLS-SRTP calls one on plain RTP", () => call(dtls, desk, "1002"));
