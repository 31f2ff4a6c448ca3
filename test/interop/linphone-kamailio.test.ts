/** A PBX that sends REFER on to the other phone: three linphones do an attended transfer among themselves (RFC 3891, 5589). */
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { startKamailio } from "./laboratory/kamailio.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Linphone } from "./laboratory/linphone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { sipTexts } from "./laboratory/wire.ts";

const scenario = laboratoryTest("linphonec", "kamailio");
const domain = "pbx.example.com";
let laboratory: Laboratory;
let ringfence: Ringfence;
let capture: Capture;
/** The first is on TLS and SRTP, the others on UDP and RTP. */
let office: Linphone;
let desk: Linphone;
let boss: Linphone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("linphone-kamailio");
  await startKamailio(laboratory);
  ringfence = await Ringfence.start(
    laboratory,
    config({ phones: "media: { srtp: optional }\n  methods: { refer: true }" }),
  );
  capture = await Capture.start(laboratory, "outside", "replaces");
  const start = (user: keyof typeof tones, way: typeof plain): Promise<Linphone> =>
    Linphone.start(laboratory, user, { ...extension(user, way), domain });
  [office, desk, boss] = await Promise.all([start("1001", encrypted), start("1002", plain), start("1003", plain)]);
}, 120_000);
afterAll(() => laboratory?.close());

async function answers(phone: Linphone): Promise<void> {
  await phone.says("Receiving new incoming call");
  phone.tell("answer");
  await phone.says("Media streams established");
}

scenario(
  "REFER with Replaces goes to the other phone, whose INVITE with Replaces takes the third one's call over",
  async () => {
    office.tell("call 1002");
    await answers(desk);
    await office.says("Media streams established");
    office.tell("pause");
    await office.says("is now paused");
    office.tell("call 1003");
    await answers(boss);
    await office.says("Media streams established", 2);
    for (const phone of [desk, boss]) phone.forget();
    office.tell("transfer 1 --to-call 2");
    await office.says("has been transfered");
    await office.says("ended", 2);
    await Promise.all([desk.says("Media streams established"), boss.says("Media streams established")]);
    await ringfence.until("one call to be left, two legs of it", ({ media }) => media.calls === 2);
  },
);

scenario(
  "each dialog was named in its own side's words: no Call-ID of another phone, nothing of the inside",
  async () => {
    const texts = sipTexts(await capture.stop());
    const callIdOf = (text: string): string => (text.split("\r\nCall-ID: ")[1] ?? "").split("\r\n")[0] ?? "";
    const replaces = texts.filter((text) => text.includes("\r\nReplaces: "));
    const ofTheBoss = texts.filter((text) => text.startsWith(`INVITE sip:1003@${addresses.phone3}`)).map(callIdOf);
    expect(replaces.length).toBeGreaterThanOrEqual(2);
    for (const text of replaces) {
      const named = (text.split("\r\nReplaces: ")[1] ?? "").split(";")[0] ?? "";
      expect(ofTheBoss).toContain(named);
    }
    expect(texts.filter((text) => text.includes("10.30.0."))).toEqual([]);
  },
);

scenario("the two that are left hear each other, and hang up", async () => {
  // Two calls of Ringfence's, and twice what is asked for below: recordings begin late on a busy machine.
  await ringfence.talk("four seconds of talk", 800);
  desk.tell("terminate");
  await boss.says("ended", 2);
  await eventually("the desk to have heard the boss", () => desk.heard(tones["1003"]) >= 2);
  await eventually("the boss to have heard the desk", () => boss.heard(tones["1002"]) >= 2);
  await ringfence.until("the calls to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});
