/** SIPp as a phone with a scenario of our own: what baresip does not do, such as a From that is somebody else's. */
import { afterAll, beforeAll, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Capture } from "./laboratory/capture.ts";
import { addresses, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { Sipp } from "./laboratory/sipp.ts";
import { sipTexts } from "./laboratory/wire.ts";

const scenario = laboratoryTest("sipp");
const calls = 20;
const atOnce = 5;
let laboratory: Laboratory;
let ringfence: Ringfence;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("sipp-phone");
  await Pbx.start(laboratory);
  const more = `policy: { limits: { calls_per_account: ${calls} } }\n`;
  // On a busy machine several calls of SIPp register at once, each a contact of its own until it is answered.
  const phones = `media: { srtp: optional }\n  registration: { max_contacts: ${2 * atOnce} }`;
  ringfence = await Ringfence.start(laboratory, config({ phones, more }));
}, 60_000);
afterAll(() => laboratory?.close());

async function phoneCalls(transport: "udp" | "tcp"): Promise<void> {
  const sipp = Sipp.start(laboratory, "phone", `sipp-${transport}`, [
    `${addresses.ringfenceOutside}:5060`,
    ...["-sf", `${repository}/test/interop/sipp-phone.xml`],
    ...["-t", transport === "udp" ? "u1" : "t1"],
    ...["-i", addresses.phone, "-p", "5060"],
    ...["-au", "1001", "-ap", passwords["1001"]],
    ...["-r", "10", "-l", String(atOnce), "-m", String(calls), "-d", "300"],
  ]);
  expect(await sipp.ended).toBe(0);
  expect(sipp.counts()).toMatchObject({ successful: calls, failed: 0 });
  await ringfence.until("the calls to be gone", (now) => now.calls + now.media.calls + now.media.portsInUse === 0);
}

scenario("a phone on UDP calls twenty times, and each call is a row of the records", async () => {
  await phoneCalls("udp");
  const records = async (): Promise<readonly string[] | false> => {
    const lines = (await ringfence.ask("cdr", "--json")).output.trim().split("\n");
    return lines.length >= calls && lines;
  };
  const rows = (await eventually("the records to be written", records, 30_000, 300)).map((line) => JSON.parse(line));
  const each = rows.map(({ kind, account, to, reason, ended_by }) => ({ kind, account, to, reason, ended_by }));
  expect(each).toEqual(
    Array(calls).fill({ kind: "call", account: "1001", to: "600", reason: "hangup", ended_by: "a" }),
  );
  const proof = await ringfence.ask("cdr", "verify");
  expect(proof.output).toContain(`${calls} rows: nothing was changed or dropped`);
});

scenario("a phone on TCP that claims to be 9999 calls the PBX as 1001, the account that it registered", async () => {
  const capture = await Capture.start(laboratory, "inside", "identity");
  await phoneCalls("tcp");
  const invites = sipTexts(await capture.stop()).filter((text) => text.startsWith("INVITE "));
  expect(invites.length).toBeGreaterThanOrEqual(calls);
  expect(invites.filter((text) => !text.includes("\nFrom: <sip:1001@pbx.example.com>;tag="))).toEqual([]);
  expect(invites.filter((text) => text.includes(":9999@") || text.includes("Somebody"))).toEqual([]);
});
