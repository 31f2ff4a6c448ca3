/** SIPp as a phone that requires reliable ringing (RFC 3262) of a call to a baresip, and asks whether the session stands. */
import { afterAll, beforeAll, expect } from "vitest";
import { Capture } from "./laboratory/capture.ts";
import { extension, plain } from "./laboratory/extensions.ts";
import { addresses, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { Sipp } from "./laboratory/sipp.ts";
import { sipTexts } from "./laboratory/wire.ts";

const scenario = laboratoryTest("sipp", "baresip");
let laboratory: Laboratory;
let ringfence: Ringfence;
let callee: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("sipp-reliable");
  await Pbx.start(laboratory);
  const phones = "media: { srtp: optional }\n  methods: { message: true }";
  ringfence = await Ringfence.start(laboratory, config({ phones }));
  callee = await Phone.start(laboratory, "1002", extension("1002", { ...plain, answers: "when-told" }));
}, 60_000);
afterAll(() => laboratory?.close());

scenario(
  "RFC 3262: PRACK for reliable ringing and MESSAGE inside the call cross to the PBX and back; an UPDATE without SDP does not",
  async () => {
    const capture = await Capture.start(laboratory, "inside", "reliable");
    const sipp = Sipp.start(laboratory, "phone", "sipp-reliable", [
      `${addresses.ringfenceOutside}:5060`,
      ...["-sf", `${repository}/test/interop/sipp-reliable.xml`],
      ...["-t", "u1", "-i", addresses.phone, "-p", "5060"],
      ...["-au", "1001", "-ap", passwords["1001"]],
      ...["-m", "1", "-d", "300"],
    ]);
    await callee.sees("CALL_INCOMING");
    callee.tell("accept");
    expect(await sipp.ended).toBe(0);
    await ringfence.until("the call to be gone", (now) => now.calls + now.media.calls + now.media.portsInUse === 0);
    // Sent again is sent once: on a busy machine an answer may take half a second.
    const seen = [...new Set(sipTexts(await capture.stop()))];
    const seenOf = (method: string) => seen.filter((text) => text.startsWith(`${method} `)).length;
    // The UPDATE is the phone's sign of life, which Ringfence answers: none of the PBX's business (RFC 4028).
    expect(["PRACK", "MESSAGE", "UPDATE"].map(seenOf)).toEqual([1, 1, 0]);
  },
);
