/** Session refreshes of Ringfence's own (RFC 4028): to both phones and to the PBX, through both stand-ins. Its clock runs fast here. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
/** The PBX is asked too. Our stand-in knows no session timers, as its original; Kamailio carries them between our two calls. */
const core = "session_timer: { expires: 90s }";

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-refreshes", standIn, { clock: "fast", core });
  }, 60_000);
  afterAll(() => floor?.close());

  scenario(
    "refreshes are ours: UPDATE to the caller, re-INVITE to the callee, and to a PBX that took a timer",
    async () => {
      const [caller, callee] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([callee.plays("answer-refreshed"), caller.plays("call-refreshed", { callee: callee.user })]);
      const inside = new Set(floor.seen("inside").filter((text) => text.includes(`<sip:${caller.user}@`)));
      const lines = [...inside].map((text) => text.split("\r\n"));
      const sent = (method: string) => lines.filter(([first]) => first?.startsWith(`${method} `));
      const proxy = standIn.challenged.includes("INVITE");
      // What Kamailio is sent goes on to our other call: each is seen twice. And it asks for a password first.
      expect(sent("INVITE")).toHaveLength(proxy ? 3 : 2);
      expect(sent("UPDATE")).toHaveLength(proxy ? 2 : 0);
      const granted = lines.filter(
        ([first, ...rest]) => first?.startsWith("SIP/2.0 200") && rest.includes("Session-Expires: 90;refresher=uac"),
      );
      expect(granted).toHaveLength(proxy ? 4 : 0);
    },
  );

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
