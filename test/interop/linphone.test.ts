/** linphonec, the phone of the linphone-cli package: it registers, calls, holds and transfers, in clear and encrypted. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Linphone } from "./laboratory/linphone.ts";
import { isSent } from "./laboratory/on-the-wire.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("linphonec", "baresip");
let laboratory: Laboratory;
let pbx: Pbx;
let ringfence: Ringfence;
let capture: Capture;
/** 1001, on UDP and RTP, and from the scenarios with TLS on encrypted. */
let linphone: Linphone;
/** baresip on UDP and RTP, so that the wire shows what they are sent. */
let desk: Phone;
let boss: Phone;

/** Linphone knows the domain, and Ringfence as its proxy; the others know its address only. */
const domain = "pbx.example.com";
const theBoss = `sip:1003@${addresses.ringfenceOutside}`;
const phones = "media: { srtp: optional }\n  methods: { refer: true, subscribe: true }";

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("linphone");
  pbx = await Pbx.start(laboratory, { onThePhone: "on", mailboxUnasked: "on" });
  ringfence = await Ringfence.start(laboratory, config({ phones }));
  capture = await Capture.start(laboratory, "outside", "linphone");
  [linphone, desk, boss] = await Promise.all([
    Linphone.start(laboratory, "1001-plain", { ...extension("1001", plain), domain, friends: ["1002"] }),
    Phone.start(laboratory, "1002", extension("1002", { ...plain, answers: "at-once" })),
    Phone.start(laboratory, "1003", extension("1003", { ...plain, answers: "at-once" })),
  ]);
}, 120_000);
beforeEach(() => {
  linphone?.forget();
  desk?.forget();
  boss?.forget();
});
afterAll(() => laboratory?.close());

async function callsTheDesk(): Promise<string> {
  linphone.tell("call 1002");
  const said = await linphone.says("Media streams established with");
  return /for call (\d+)/.exec(said)?.[1] ?? "";
}

/** At least a second of it, in the recording of streams that have ended. */
const linphoneHeard = (user: keyof typeof tones): Promise<boolean> =>
  eventually(`linphone to have heard ${user}`, () => linphone.heard(tones[user]) >= 2);

async function allIsOver(): Promise<void> {
  await ringfence.until("the calls to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
  expect((await pbx.state()).calls).toEqual([]);
}

scenario("linphone on UDP calls: both hear the other; pause silences, resume brings the tone back", async () => {
  await callsTheDesk();
  expect(toneShare(await desk.hears(5), tones["1001"])).toBeGreaterThan(0.9);
  linphone.tell("pause");
  await linphone.says("is now paused");
  expect(desk.trace).toContain("a=sendonly");
  linphone.tell("resume");
  await linphone.says("Media streams established with", 2);
  await Promise.all([isSent(capture, "phone2", tones["1001"]), isSent(capture, "phone", tones["1002"])]);
  // What baresip hears after a re-INVITE it does not record.
  await ringfence.talk("the two to talk some more", 200);
  linphone.tell("terminate");
  await desk.sees("CALL_CLOSED");
  await linphoneHeard("1002");
  await allIsOver();
});

scenario("a blind transfer by linphone: the two others hear each other, linphone is told and out", async () => {
  const call = await callsTheDesk();
  linphone.tell(`transfer ${call} ${theBoss}`);
  await linphone.says("has been transfered");
  await linphone.says("ended");
  await boss.sees("CALL_ESTABLISHED");
  expect(toneShare(await boss.hears(2), tones["1002"])).toBeGreaterThan(0.9);
  await isSent(capture, "phone2", tones["1003"]);
  expect((await pbx.state()).calls).toMatchObject([{ caller: "1002", called: "1003" }]);
  boss.tell("hangup");
  await desk.sees("CALL_CLOSED");
  await allIsOver();
});

scenario("an attended transfer by linphone joins its two calls", async () => {
  const held = await callsTheDesk();
  linphone.tell("pause");
  await linphone.says("is now paused");
  linphone.tell("call 1003");
  await linphone.says("Media streams established with sip:1003@");
  await isSent(capture, "phone", tones["1003"]);
  linphone.tell(`transfer ${held} --to-call ${Number(held) + 1}`);
  await linphone.says("has been transfered");
  await linphone.says("ended", 2);
  await Promise.all([isSent(capture, "phone2", tones["1003"]), isSent(capture, "phone3", tones["1002"])]);
  expect((await pbx.state()).calls).toMatchObject([{ caller: "1002", called: "1003" }]);
  desk.tell("hangup");
  await boss.sees("CALL_CLOSED");
  await allIsOver();
});

scenario("linphone sees who is there: a phone that leaves is offline, one that comes back is online", async () => {
  await desk.stop();
  await linphone.says(`Friend "1002" <sip:1002@${domain}> is Offline`);
  desk = await Phone.start(laboratory, "1002-again", extension("1002", { ...plain, answers: "at-once" }));
  await linphone.says(`Friend "1002" <sip:1002@${domain}> is Online`);
});

scenario("a busy lamp at linphone: its friend is on the phone for as long as a call lasts", async () => {
  const friend = `Friend "1002" <sip:1002@${domain}> is`;
  boss.tell("dial", "1002");
  await linphone.says(`${friend} On the phone`);
  expect(linphone.said).not.toContain(`${friend} Online`);
  boss.tell("hangup");
  await linphone.says(`${friend} Online`);
  await allIsOver();
});

scenario(
  "waiting messages that linphone is told of unasked: it answers 200, and has nowhere to show them",
  async () => {
    await pbx.mailbox("1001", 2, 1);
    const news = await eventually("linphone to be told", () =>
      linphone.messages("NOTIFY ").find((text) => text.includes("Event: message-summary")),
    );
    expect(news).toContain("Messages-Waiting: yes");
    expect(news).toContain(`Message-Account: sip:1001@${domain}`);
    expect(news).not.toContain(addresses.pbx);
    const callId = /Call-ID: (\S+)/.exec(news)?.[1] ?? "";
    await eventually("linphone to answer", () =>
      linphone.messages("SIP/2.0 200 Ok").some((text) => text.includes(callId) && text.includes(" NOTIFY")),
    );
    expect(linphone.said).not.toContain("essage");
  },
);

scenario(
  "linphone on TLS and SRTP is called by a phone on RTP, is transferred by it, and hears the new one",
  async () => {
    await linphone.stop();
    linphone = await Linphone.start(laboratory, "1001-encrypted", { ...extension("1001", encrypted), domain });
    desk.tell("dial", "1001");
    await linphone.says("Receiving new incoming call");
    linphone.tell("answer");
    await desk.sees("CALL_ESTABLISHED");
    // Longer than is asked of its recording: on a busy machine some of it is no clean tone.
    expect(toneShare(await desk.hears(5), tones["1001"])).toBeGreaterThan(0.9);
    desk.tell("transfer", theBoss);
    expect((await desk.sees("CALL_CLOSED")).param).toBe("Call transfered");
    expect(toneShare(await boss.hears(5), tones["1001"])).toBeGreaterThan(0.9);
    linphone.tell("terminate");
    await boss.sees("CALL_CLOSED");
    await linphoneHeard("1002");
    await linphoneHeard("1003");
    await allIsOver();
  },
);
