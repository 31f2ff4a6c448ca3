/** SIPp's built-in caller as a carrier, its built-in callee as the PBX, and Ringfence between them at 50 calls a second. */
import { afterAll, beforeAll, expect } from "vitest";
import { addresses, Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";
import { Sipp } from "./laboratory/sipp.ts";

const scenario = laboratoryTest("sipp");
const callsPerSecond = 50;
/** The product promises a whole minute: RINGFENCE_LOAD_SECONDS=60. Every run plays a sixth of it, or the check takes too long. */
const seconds = Number(process.env.RINGFENCE_LOAD_SECONDS ?? 10);
let laboratory: Laboratory;
let ringfence: Ringfence;

const trunk = `
trunks:
  - name: carrier
    hosts: [{ uri: "sip:${addresses.carrier}:5060" }]
    from: [${addresses.carrier}]
    media: { srtp: off }
policy:
  limits: { calls: 1000, calls_per_second: 500 }
`;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("sipp-load");
  ringfence = await Ringfence.start(laboratory, config({ phones: "media: { srtp: required }", more: trunk }));
}, 60_000);
afterAll(() => laboratory?.close());

scenario(`${callsPerSecond} calls a second for ${seconds} s: none fails, and nothing is left behind`, async () => {
  const callee = Sipp.start(laboratory, "pbx", "sipp-uas", ["-sn", "uas", "-i", addresses.pbx, "-p", "5060"]);
  const caller = Sipp.start(laboratory, "carrier", "sipp-uac", [
    ...["-sn", "uac", `${addresses.ringfenceOutside}:5060`],
    ...["-i", addresses.carrier, "-p", "5060"],
    ...["-r", String(callsPerSecond), "-m", String(callsPerSecond * seconds)],
    // Each call lasts a second, so that 50 stand at any time.
    ...["-d", "1000"],
  ]);
  expect(await caller.ended).toBe(0);
  const counts = caller.counts();
  console.log("SIPp as carrier:", JSON.stringify(counts));
  expect(counts).toMatchObject({ successful: callsPerSecond * seconds, failed: 0 });
  await callee.stop();
  expect(callee.counts()).toMatchObject({ successful: callsPerSecond * seconds, failed: 0 });

  // RFC 3261 §17: timers H, J and 64*T1 keep a transaction for 32 s after its last message.
  const after = await ringfence.until(
    "calls, transactions and media ports to be gone",
    ({ calls, transactions, media }) =>
      calls + transactions.server + transactions.client + media.calls + media.portsInUse + media.portsDraining === 0,
    45_000,
  );
  expect(after.registrations).toBe(0);
});
