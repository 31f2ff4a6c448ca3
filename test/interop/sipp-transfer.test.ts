/** Transfers, played by SIPp against both PBX stand-ins. The roles are in test/interop/sipp. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { mss, standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-transfer", standIn);
  }, 60_000);
  afterAll(() => floor?.close());

  const header = (message: string, name: string): string =>
    message
      .split("\r\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? "";
  const invitesTo = (user: string): readonly string[] =>
    floor.seen("outside").filter((text) => text.startsWith(`INVITE sip:${user}@198.51.100.1`));

  /** The dialog that an INVITE to this phone replaces, as the phone reads it. */
  const replacedBy = (user: string): string => {
    const [, again = ""] = invitesTo(user);
    return header(again, "Replaces").split(";").slice(0, 2).join(" ");
  };

  /** Its first dialog by its own names. */
  const dialogOf = (user: string): string => {
    const [invite = ""] = invitesTo(user);
    const callId = header(invite, "Call-ID");
    const answers = floor.seen("outside").filter((text) => text.startsWith("SIP/2.0 200") && text.includes(callId));
    return `${callId} to-tag=${header(answers[0] ?? "", "To").split(";tag=")[1]}`;
  };

  describe.concurrent("flows", () => {
    const byPbx = standIn === mss;

    scenario("REFER to a third number: the transferred party and the third talk, who asked is told so", async () => {
      const [caller, callee, other] = await floor.registered<[SippPhone, SippPhone, SippPhone]>(3);
      const numbers = { asker: caller.user, callee: callee.user, other: other.user };
      await Promise.all([
        other.plays("answer"),
        callee.plays(byPbx ? "answer-joined" : "answer-transferee", numbers),
        caller.plays(byPbx ? "call-transfer-self" : "call-transfer", numbers),
      ]);
    });

    scenario("REFER with Replaces: two calls of one phone become one call of the other two", async () => {
      const [caller, callee, other] = await floor.registered<[SippPhone, SippPhone, SippPhone]>(3);
      const numbers = { callee: callee.user, other: other.user };
      // With Kamailio the third phone gets a call more, which replaces the one that it has.
      await Promise.all([
        byPbx ? other.plays("answer-joined-quietly") : other.plays("answer", {}, 2),
        callee.plays(byPbx ? "answer-joined" : "answer-transferee-attended", numbers),
        caller.plays(byPbx ? "call-transfer-attended-self" : "call-transfer-attended", numbers),
      ]);
      if (!byPbx) expect(replacedBy(other.user)).toBe(dialogOf(other.user));
    });
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
