/** A second PBX that is nothing like the first: a record-routing proxy that challenges INVITE too. Same configuration. */
import { afterAll, beforeAll, expect } from "vitest";
import type { Program } from "../support/program.ts";
import { toneShare } from "../support/tone.ts";
import { encrypted, extension, tones } from "./laboratory/extensions.ts";
import { startKamailio } from "./laboratory/kamailio.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { crossing } from "./laboratory/wire.ts";

const scenario = laboratoryTest("baresip", "kamailio");
let laboratory: Laboratory;
let kamailio: Program;
let ringfence: Ringfence;
let caller: Phone;
let callee: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("kamailio");
  kamailio = await startKamailio(laboratory);
  ringfence = await Ringfence.start(laboratory, config({ phones: "media: { srtp: required }" }));
  [caller, callee] = await Promise.all([
    Phone.start(laboratory, "1001", extension("1001", encrypted)),
    Phone.start(laboratory, "1002", extension("1002", encrypted)),
  ]);
}, 120_000);
afterAll(() => laboratory?.close());

scenario("both phones register over TLS: Kamailio knows them by Ringfence's address only", async () => {
  await kamailio.says("registered 1001 at");
  await kamailio.says("registered 1002 at");
  const contacts = kamailio.output.split("\n").filter((line) => line.includes("registered 100"));
  expect(contacts.every((line) => line.includes(addresses.ringfenceForPhones))).toBe(true);
  expect(kamailio.output).not.toContain("198.51.100.");
  expect((await ringfence.status()).registrations).toBe(2);
});

scenario("an INVITE that Kamailio challenges with 407 becomes a call, and each phone hears the other", async () => {
  caller.tell("dial", "1002");
  await Promise.all([caller.sees("CALL_ESTABLISHED"), callee.sees("CALL_ESTABLISHED")]);
  expect(caller.trace).toContain("SIP/2.0 407 ");
  const [heard, heardBack] = await Promise.all([caller.hears(2), callee.hears(2)]);
  expect(toneShare(heard, tones["1002"])).toBeGreaterThan(0.95);
  expect(toneShare(heardBack, tones["1001"])).toBeGreaterThan(0.95);
});

scenario("the callee hangs up through Kamailio's route, and nothing is left", async () => {
  callee.tell("hangup");
  await Promise.all([caller.sees("CALL_CLOSED"), callee.sees("CALL_CLOSED")]);
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});

scenario("neither phone has read Kamailio's name, address or route", () => {
  const received = [...caller.messages, ...callee.messages];
  expect(received.length).toBeGreaterThan(15);
  expect(crossing(["kamailio", "Kamailio", "10.30.0.", "Record-Route", ";lr", "rf="], received)).toEqual([]);
});
