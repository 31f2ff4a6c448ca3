/** Registrations, played by SIPp against both PBX stand-ins. The roles are in test/interop/sipp. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { mss, standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
/** After so many wrong passwords the PBX hears nothing more of this source and account. */
const mostFailures = 3;

describe.each(standIns)("at $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    const more = `defence: { failures: { max: ${mostFailures} } }\n`;
    const knobs = { expiresMax: "3600" };
    if (scenario.available) floor = await Floor.open("sipp-register", standIn, { more, knobs });
  }, 60_000);
  afterAll(() => floor?.close());

  /** How often the PBX was sent a REGISTER of this number, and how many of them had a password. */
  function registers(user: string): readonly [all: number, proven: number] {
    const all = floor.seen("inside").filter((text) => text.startsWith("REGISTER ") && text.includes(`<sip:${user}@`));
    // Without what UDP repeated.
    const ofUser = [...new Set(all)];
    return [ofUser.length, ofUser.filter((text) => text.includes("\nAuthorization: ")).length];
  }

  /** What a caller hears about a number that the PBX does not know as registered. */
  const gone = standIn === mss ? "480" : "404";

  describe.concurrent("flows", () => {
    scenario("digest: challenged once, then registered", async () => {
      const phone = floor.phone();
      await phone.plays("register");
      expect(registers(phone.user)).toEqual([2, 1]);
    });

    scenario("refreshes on the same flow are absorbed: the PBX sees the first REGISTER only", async () => {
      const phone = floor.phone();
      await phone.plays("register-refresh");
      expect(registers(phone.user)).toEqual([2, 1]);
    });

    scenario("two phones of one number are both listed", async () => {
      const first = floor.phone();
      await first.plays("register");
      await floor.phone(first.user).plays("register-second");
    });

    scenario("Expires: 0 takes the registration back", async () => {
      const [phone, [caller]] = [floor.phone(), await floor.registered<[SippPhone]>(1)];
      await phone.plays("register-leave");
      await caller.plays("call-refused", { callee: phone.user, status: gone });
    });

    scenario("Contact: * takes all of them back", async () => {
      const [phone, [caller]] = [floor.phone(), await floor.registered<[SippPhone]>(1)];
      await floor.phone(phone.user).plays("register");
      await phone.plays("register-leave-all");
      await caller.plays("call-refused", { callee: phone.user, status: gone });
    });

    scenario("a wrong password is refused, and after some the PBX hears of no more", async () => {
      const phone = floor.phone();
      await phone.plays("register-wrong", { status: "401" }, mostFailures);
      const heard = registers(phone.user)[1];
      expect(heard).toBe(mostFailures);
      await phone.plays("register-wrong", { status: "403" }, 2);
      expect(registers(phone.user)[1]).toBe(heard);
    });

    scenario("a number that does not exist is answered like a wrong password", async () => {
      await floor.phone("3999").plays("register-wrong", { status: "401" });
    });
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside, messages } = await floor.leaks();
    expect(messages).toBeGreaterThan(60);
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
