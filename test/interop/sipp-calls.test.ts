/** Every way a call goes, played by SIPp against both PBX stand-ins. The roles are in test/interop/sipp. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { mss, standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
/** The shortest that the configuration allows: every other flow is over by then. */
const more = "policy: { limits: { call_duration: 10s, calls_per_account: 4 } }\n";

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-calls", standIn, { more, knobs: { ringTimeout: "8" } });
  }, 60_000);
  afterAll(() => floor?.close());

  /** A caller and a callee of their own. @param values for the caller's scenario */
  const flow = (name: string, callerRole: string, calleeRole: string, values: Readonly<Record<string, string>> = {}) =>
    scenario(name, async () => {
      const [caller, callee] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([callee.plays(calleeRole), caller.plays(callerRole, { callee: callee.user, ...values })]);
    });

  describe.concurrent("flows", () => {
    // The slowest first: the others run beside them.
    flow("the longest that a call may last", "call-hung-up", "answer");
    // The PBX gives up: ours says that nobody is there, Kamailio that time is up.
    flow("nobody answers", "call-refused", "ring", { status: standIn === mss ? "480" : "408" });
    flow("a call with an early offer, ended by the caller", "call", "answer");
    flow("a call with a late offer", "call-late", "answer-late");
    flow("a call that the callee ends", "call-hung-up", "answer-hang-up");
    flow("hold and resume by the caller", "call-hold", "answer-held");
    flow("hold and resume by the callee", "call-held", "answer-hold");
    flow("busy", "call-refused", "answer-busy", { status: "486" });
    flow("CANCEL while it rings", "call-cancel", "ring");
    flow("early media with 183", "call-early-media", "answer-early-media");
    // Our stand-in rings reliably itself and does not ask the callee to.
    if (standIn === mss) flow("reliable ringing of the PBX itself, and PRACK", "call-reliable", "answer");
    flow("a key by INFO", "call-dtmf", "answer-dtmf");
    flow("glare of two re-INVITEs", "call-glare", "answer-glare");
    scenario("session timers: each phone has one with Ringfence, the PBX hears of none", async () => {
      const [caller, callee] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([callee.plays("answer-timed"), caller.plays("call-timed", { callee: callee.user })]);
      const inside = floor.seen("inside").filter((text) => text.includes(`<sip:${caller.user}@`));
      expect(inside.filter((text) => /^UPDATE |^Session-Expires:/m.test(text))).toEqual([]);
    });
    if (standIn === mss) {
      flow("UPDATE in the call that the PBX refuses", "call-update", "answer", { status: "488" });
    }

    scenario("a number with two phones: both ring, one answers, the other is cancelled", async () => {
      const caller = floor.phone();
      const first = floor.phone();
      const second = floor.phone(first.user);
      await Promise.all([caller, first, second].map((phone) => phone.plays("register")));
      await Promise.all([
        first.plays("ring"),
        second.plays("answer-slowly"),
        caller.plays("call-forked", { callee: first.user }),
      ]);
    });

    scenario("302 from a phone is carried out by the PBX, which says 181", async () => {
      const [caller, callee, other] = await floor.registered<[SippPhone, SippPhone, SippPhone]>(3);
      await Promise.all([
        callee.plays("forward", { other: other.user }),
        other.plays("answer"),
        caller.plays("call-forwarded", { callee: callee.user }),
      ]);
    });
  });

  describe("a PBX that carries an offer in UPDATE", () => {
    // Our stand-in takes none by itself, as its original is not known to.
    beforeAll(() => floor?.pbx.carryUpdates());
    describe.concurrent("flows", () => {
      flow("reliable ringing and PRACK", "call-reliable", "answer-reliable");
      flow("UPDATE with an offer in the early dialog", "call-update-early", "answer-update-early");
      flow(
        "UPDATE in the call: without an offer answered here, with one by the other side",
        "call-update",
        "answer-update",
        { status: "200" },
      );
    });
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside, messages } = await floor.leaks();
    expect(messages).toBeGreaterThan(400);
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
