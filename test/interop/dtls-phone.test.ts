/**
 * baresip with DTLS-SRTP and with ICE, called and calling: our ICE-lite answers its checks, and each hears the other, while a
 * stranger begins handshakes at every media port.
 */
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Program } from "../support/program.ts";
import { extension, tones } from "./laboratory/extensions.ts";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx } from "./laboratory/pbx.ts";
import { Phone } from "./laboratory/phone.ts";
import type { PhoneSettings } from "./laboratory/phone-settings.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("baresip");
const sprayProgram = fileURLToPath(new URL("laboratory/spray.ts", import.meta.url));
let laboratory: Laboratory;
let ringfence: Ringfence;
let stranger: Program;
const ports = { first: 20_000, last: 20_049 };
/** DTLS without ICE, DTLS with ICE, and plain RTP with ICE. */
let phones: Readonly<Record<keyof typeof tones, Phone>>;

const ways = {
  "1001": { transport: "tls", media: "dtls" },
  "1002": { transport: "tls", media: "dtls", ice: true },
  "1003": { transport: "udp", media: "plain", ice: true },
} as const satisfies Record<string, Pick<PhoneSettings, "transport" | "media" | "ice">>;

/** The first is what a phone that is called is offered. */
const offering = (keying: string) =>
  config({
    phones: `media: { srtp: optional, keying: [${keying}] }`,
    mediaPorts: `${ports.first}-${ports.last}`,
  });

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("dtls-phone");
  await Pbx.start(laboratory);
  ringfence = await Ringfence.start(laboratory, offering("dtls, sdes"));
  stranger = laboratory.run("attacker", "hello", {
    command: process.execPath,
    args: [sprayProgram, addresses.ringfenceOutside, String(ports.first), String(ports.last), "hello"],
  });
  await stranger.says("spraying");
  const start = (user: keyof typeof ways) =>
    Phone.start(laboratory, user, extension(user, { ...ways[user], answers: "when-told" }));
  const [dtls, both, ice] = await Promise.all([start("1001"), start("1002"), start("1003")]);
  phones = { "1001": dtls, "1002": both, "1003": ice };
}, 120_000);
afterEach(() => {
  for (const phone of Object.values(phones ?? {})) phone.forget();
});
afterAll(() => laboratory?.close());

async function call(caller: keyof typeof ways, called: keyof typeof ways): Promise<void> {
  const [from, to] = [phones[caller], phones[called]];
  const before = [from.trace.length, to.trace.length] as const;
  from.tell("dial", called);
  await to.sees("CALL_INCOMING");
  to.tell("accept");
  await Promise.all([from.sees("CALL_ESTABLISHED"), to.sees("CALL_ESTABLISHED")]);
  await Promise.all([from.hearsTone(tones[called]), to.hearsTone(tones[caller])]);
  for (const [phone, user, at] of [
    [from, caller, before[0]],
    [to, called, before[1]],
  ] as const) {
    const way: Partial<PhoneSettings> = ways[user];
    const said = phone.trace.slice(at);
    expect(said.includes("ice: audio: connectivity check is complete"), `${user} does ICE`).toBe(way.ice === true);
    expect(said.includes("DTLS-SRTP complete"), `${user} does DTLS`).toBe(way.media === "dtls");
  }
  from.tell("hangup");
  await Promise.all([from.sees("CALL_CLOSED"), to.sees("CALL_CLOSED")]);
}

scenario("DTLS calls DTLS with ICE", () => call("1001", "1002"));
scenario("plain RTP with ICE calls DTLS", () => call("1003", "1001"));
scenario("DTLS with ICE calls plain RTP with ICE, and nothing is left", async () => {
  ringfence.write(offering("sdes, dtls"));
  expect((await ringfence.ask("reload")).code).toBe(0);
  await call("1002", "1003");
  await ringfence.until("the call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
});

scenario("threat L3: a stranger's ClientHello came to every port all the while, and was answered at none", async () => {
  await stranger.stop();
  const noted = ringfence.log.split("\n").filter((line) => line.includes('"rtp.foreign_source"'));
  expect(noted.filter((line) => line.includes(addresses.attacker)).length).toBeGreaterThan(0);
  expect(stranger.output).not.toContain("caught");
});
