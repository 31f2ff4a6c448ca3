/** Session refreshes of Ringfence's own (RFC 4028), towards each side, through both PBX stand-ins. Its clock runs fast here. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-refreshes", standIn, { clock: "fast" });
  }, 60_000);
  afterAll(() => floor?.close());

  scenario("refreshes are ours: UPDATE to the caller, re-INVITE to the callee, nothing to the PBX", async () => {
    const [caller, callee] = await floor.registered<[SippPhone, SippPhone]>(2);
    await Promise.all([callee.plays("answer-refreshed"), caller.plays("call-refreshed", { callee: callee.user })]);
    const inside = new Set(floor.seen("inside").filter((text) => text.includes(`<sip:${caller.user}@`)));
    expect([...inside].filter((text) => /^UPDATE |^Session-Expires:/m.test(text))).toEqual([]);
    // One call, said once to the PBX and once by it; Kamailio asks for a password first.
    const offers = [...inside].filter((text) => text.startsWith("INVITE "));
    expect(offers).toHaveLength(standIn.challenged.includes("INVITE") ? 3 : 2);
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
