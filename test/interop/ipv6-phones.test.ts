/** A phone on IPv6, one on IPv4 and a PBX that knows IPv4 only: Ringfence joins the families, media included. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { toneShare } from "../support/tone.ts";
import { encrypted, extension, plain, tones } from "./laboratory/extensions.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip");
let laboratory: Laboratory;
let pbx: Pbx;
let ringfence: Ringfence;
let plain6: Phone;
let encrypted6: Phone;
let plain4: Phone;

const phones = `media: { srtp: optional }
  listen:
    - { transport: udp, address: 0.0.0.0 }
    - { transport: udp, address: "::" }
    - { transport: tls, address: "::" }`;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("ipv6-phones", "both");
  pbx = await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, config({ phones }));
  [plain6, encrypted6, plain4] = await Promise.all([
    Phone.start(laboratory, "1001-udp6", { ...extension("1001", plain), ipv6: true }),
    Phone.start(laboratory, "1002-tls6", { ...extension("1002", encrypted), ipv6: true }),
    Phone.start(laboratory, "1003-udp4", extension("1003", plain)),
  ]);
}, 120_000);
beforeEach(() => {
  for (const phone of [plain6, encrypted6, plain4]) phone?.forget();
});
afterAll(() => laboratory?.close());

async function talk(caller: Phone, callee: Phone, from: keyof typeof tones, to: keyof typeof tones): Promise<void> {
  caller.tell("dial", to);
  await Promise.all([caller.sees("CALL_ESTABLISHED"), callee.sees("CALL_ESTABLISHED")]);
  const [heard, heardBack] = await Promise.all([caller.hears(2), callee.hears(2)]);
  expect(toneShare(heard, tones[to])).toBeGreaterThan(0.9);
  expect(toneShare(heardBack, tones[from])).toBeGreaterThan(0.9);
  callee.tell("hangup");
  await caller.sees("CALL_CLOSED");
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
  expect((await pbx.state()).calls).toEqual([]);
}

scenario("a phone on UDP over IPv6 calls one on IPv4: each hears the other", () =>
  talk(plain6, plain4, "1001", "1003"),
);

scenario("a phone on IPv4 calls one on TLS and SRTP over IPv6: each hears the other", () =>
  talk(plain4, encrypted6, "1003", "1002"),
);

scenario("both on IPv6, one encrypted: each hears the other, and reads no IPv4 address", async () => {
  const before = plain6.messages.length;
  await talk(encrypted6, plain6, "1002", "1001");
  const texts = plain6.messages.slice(before).join("\n");
  expect(texts).toContain("IN IP6 2001:db8::1");
  expect(texts).not.toMatch(/198\.51\.100\.|10\.30\.0\./);
});
