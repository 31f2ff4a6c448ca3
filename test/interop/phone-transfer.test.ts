/** baresip transfers: to a number, and one of its calls to the other. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { toneShare } from "../support/tone.ts";
import { Capture } from "./laboratory/capture.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { isSent } from "./laboratory/on-the-wire.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let pbx: Pbx;
let ringfence: Ringfence;
let capture: Capture;
/** 1001 transfers: TLS and SRTP. The others have plain RTP, so that the wire shows what they are sent: 1002 on TCP, 1003 on UDP. */
let office: Phone;
let desk: Phone;
let boss: Phone;

const theBoss = `sip:1003@${addresses.ringfenceOutside}`;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("phone-transfer");
  pbx = await Pbx.start(laboratory);
  ringfence = await Ringfence.start(
    laboratory,
    config({ phones: "media: { srtp: optional }\n  methods: { refer: true }" }),
  );
  capture = await Capture.start(laboratory, "outside", "transfer");
  [office, desk, boss] = await Promise.all([
    Phone.start(laboratory, "1001", { ...extension("1001", encrypted), domain: "pbx.example.com" }),
    Phone.start(laboratory, "1002", extension("1002", { ...plain, transport: "tcp" })),
    Phone.start(laboratory, "1003", extension("1003", plain)),
  ]);
}, 120_000);
beforeEach(() => {
  office?.forget();
  desk?.forget();
  boss?.forget();
});
afterAll(() => laboratory?.close());

async function callsTheDesk(): Promise<void> {
  office.tell("dial", "1002");
  await desk.sees("CALL_ESTABLISHED");
  await office.sees("CALL_ESTABLISHED");
  expect(toneShare(await desk.hears(1), tones["1001"])).toBeGreaterThan(0.9);
}

async function theTwoAreJoined(): Promise<void> {
  await Promise.all([isSent(capture, "phone2", tones["1003"]), isSent(capture, "phone3", tones["1002"])]);
  expect((await pbx.state()).calls).toMatchObject([{ caller: "1002", called: "1003", state: "answered" }]);
}

async function allIsOver(): Promise<void> {
  await ringfence.until("the calls to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
  expect((await pbx.state()).calls).toEqual([]);
}

scenario("baresip transfers its call to a number: the two others hear each other, and its own call ends", async () => {
  await callsTheDesk();
  office.tell("transfer", theBoss);
  expect((await office.sees("CALL_CLOSED")).param).toBe("Call transfered");
  await theTwoAreJoined();
  boss.tell("hangup");
  await desk.sees("CALL_CLOSED");
  await allIsOver();
});

scenario("baresip transfers one call to the other by Replaces: both of its calls end", async () => {
  await callsTheDesk();
  office.tell("hold");
  await office.sees("CALL_REMOTE_SDP", 2);
  office.tell("dial", "1003");
  await office.sees("CALL_ESTABLISHED", 2);
  office.tell("line", "1");
  office.tell("transfer", `<${theBoss}?Replaces=${dialogTo("1003")}>`);
  await office.sees("CALL_CLOSED", 2);
  expect(office.events.map(({ param }) => param)).toContain("Call transfered");
  await theTwoAreJoined();
  desk.tell("hangup");
  await boss.sees("CALL_CLOSED");
  await allIsOver();
});

scenario("a transfer to a number that does not answer to it is told as failed, and the call goes on", async () => {
  await callsTheDesk();
  office.tell("transfer", `sip:2222@${addresses.ringfenceOutside}`);
  await office.sees("TRANSFER_FAILED");
  await isSent(capture, "phone2", tones["1001"]);
  office.tell("hangup");
  await desk.sees("CALL_CLOSED");
  await allIsOver();
});

/** RFC 3891: baresip 1.0.0 has no command for it, so the name of its second call comes out of its own trace. */
function dialogTo(user: string): string {
  const ok = office.messages.findLast((text) => text.includes("\nSIP/2.0 200") && text.includes(`<sip:${user}@`)) ?? "";
  const value = (name: string): string => (ok.split(`\n${name}: `)[1] ?? "").split("\r\n")[0] ?? "";
  const tag = (name: string): string => value(name).split(";tag=")[1] ?? "";
  return encodeURIComponent(`${value("Call-ID")};to-tag=${tag("To")};from-tag=${tag("From")}`);
}
