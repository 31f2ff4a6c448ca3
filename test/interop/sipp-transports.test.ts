/** The same calls over UDP, TCP and TLS in every pair, played by SIPp against both PBX stand-ins. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
const transports = ["UDP", "TCP", "TLS"] as const;
const pairs = transports.flatMap((from) => transports.map((to) => [from, to] as const)).slice(1);

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-transports", standIn);
  }, 60_000);
  afterAll(() => floor?.close());

  async function phoneOn(transport: (typeof transports)[number]): Promise<SippPhone> {
    const phone = transport === "UDP" ? floor.phone() : await floor.connected(transport);
    await phone.plays("register");
    return phone;
  }

  describe.concurrent("flows", () => {
    for (const [from, to] of pairs) {
      scenario(`a phone on ${from} calls one on ${to}, is held by it and hung up on`, async () => {
        const [caller, callee] = await Promise.all([phoneOn(from), phoneOn(to)]);
        await Promise.all([callee.plays("answer-hold"), caller.plays("call-held", { callee: callee.user })]);
      });
    }
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
