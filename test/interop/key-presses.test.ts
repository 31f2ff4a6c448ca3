/** baresip presses keys as events (RFC 4733); the PBX takes INFO alone, and its attendant puts the call through. */
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { toneShare } from "../support/tone.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let ringfence: Ringfence;
let pbx: Pbx;
let caller: Phone;
let callee: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("key-presses");
  pbx = await Pbx.start(laboratory);
  const text = config({ phones: "media: { srtp: optional }" }).replace("core:\n", "core:\n  media: { dtmf: info }\n");
  ringfence = await Ringfence.start(laboratory, text);
  [caller, callee] = await Promise.all([
    Phone.start(laboratory, "1001", extension("1001", encrypted)),
    Phone.start(laboratory, "1002", extension("1002", plain)),
  ]);
}, 120_000);
afterAll(() => laboratory?.close());

/** Those of the one call that the PBX has by then. */
async function digits(): Promise<unknown> {
  const [call] = (await pbx.state()).calls as readonly { readonly digits?: string }[];
  return call?.digits;
}

scenario(
  "four keys dial the extension behind the attendant, both hear each other, and the call's last line says how",
  async () => {
    caller.tell("dial", "700");
    await caller.sees("CALL_ESTABLISHED");
    await caller.hears(1);
    for (const typed of ["1", "10", "100", "1002"]) {
      caller.tell("sndcode", typed.slice(-1));
      // With the last of them the attendant dials, and begins to listen anew.
      if (typed.length < 4) await eventually(`the PBX to have heard ${typed}`, async () => (await digits()) === typed);
    }
    await callee.sees("CALL_ESTABLISHED");
    expect(toneShare(await callee.hears(2), tones["1001"])).toBeGreaterThan(0.9);
    caller.tell("hangup");
    await caller.sees("CALL_CLOSED");
    const line = await eventually("the last line of the call", () =>
      ringfence.log.split("\n").find((one) => one.includes('"ended_by"') && one.includes('"a_suite"')),
    );
    const { a_packets, a_mos, b_packets } = JSON.parse(line);
    expect(JSON.parse(line)).toMatchObject({ a_codec: "pcmu", a_suite: "AES_CM_128_HMAC_SHA1_80", b_codec: "pcmu" });
    expect([a_packets > 50, a_mos > 1, b_packets > 50]).toEqual([true, true, true]);
  },
);
