/** Carriers in both directions, played by SIPp against both PBX stand-ins: sockets and time as they are. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { CarrierFloor, type TrunkName } from "./laboratory/carrier-floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
/** What the issue asks: so soon after the first host has gone silent a call is at the second. */
const mostFailoverSeconds = 4;

describe.each(standIns)("behind $name", (standIn) => {
  let carriers: CarrierFloor;
  beforeAll(async () => {
    if (scenario.available) carriers = await CarrierFloor.open("sipp-carriers", standIn);
  }, 60_000);
  afterAll(() => carriers?.floor.close());

  /** A phone calls out while the carrier's hosts play their roles. */
  async function callsOut(number: string, ...roles: readonly (() => Promise<void>)[]): Promise<void> {
    const [phone] = await carriers.floor.registered<[SippPhone]>(1);
    await Promise.all([...roles.map((role) => role()), phone.plays("call", { callee: `9${number}` })]);
  }

  /** The carrier delivers a call to an extension, which answers it. */
  async function callsIn(trunk: TrunkName, uriFor: (number: string) => string): Promise<void> {
    const [phone] = await carriers.floor.registered<[SippPhone]>(1);
    const number = `+1555010${phone.user}`;
    const values = { uri: uriFor(number), callee: `sip:${number}@carrier.example` };
    await Promise.all([phone.plays("answer-hang-up"), carriers.caller(trunk).plays("carrier-call", values)]);
  }

  const answers =
    (trunk: TrunkName, wants = "message: INVITE sip:", place = 0) =>
    (): Promise<void> =>
      carriers.host(trunk, place).plays("carrier-answer", { wants });

  describe.concurrent("flows", () => {
    // The slowest first: the others run beside it.
    scenario("OPTIONS find out that a host is gone, calls avoid it, and find out that it is back", async () => {
      const { ringfence } = carriers.floor;
      const hostIs = (state: string) =>
        ringfence.until(
          `the first host to be ${state}`,
          ({ trunks }) => trunks.some(({ name, hosts }) => name === "watched" && hosts[0]?.state === state),
          30_000,
        );
      const second = carriers.host("watched", 1).serves("carrier-watched");
      await hostIs("down");
      await callsOut("3604420711");
      expect(carriers.hostCalled("watched", "3604420711")).toBe(1);
      const first = carriers.host("watched").serves("carrier-watched");
      await hostIs("up");
      await callsOut("3604420712");
      expect(carriers.hostCalled("watched", "3604420712")).toBe(0);
      for (const host of [first, second]) {
        await host.stop();
        expect(host.counts()).toMatchObject({ failed: 0 });
      }
    });

    scenario("a call to one of our numbers reaches the extension, and the carrier's proxy stays in its route", () =>
      callsIn("plain", (number) => carriers.at(number)),
    );

    scenario("a call to a number that is not ours is refused here", async () => {
      const number = "+15559990000";
      await carriers.caller("plain").plays("call-refused", { callee: carriers.at(number), status: "404" });
      expect(carriers.floor.seen("inside").filter((text) => text.includes(number))).toEqual([]);
    });

    scenario("a carrier known by its address is called without a password", () =>
      callsOut("3104420712", answers("plain", "message: INVITE sip:3104420712@")),
    );

    scenario("the carrier's 407 is answered for our account", () =>
      callsOut("3204420712", () => carriers.host("digest").plays("carrier-challenge", carriers.account)),
    );

    scenario("a carrier we registered with: calls in both directions", async () => {
      await carriers.floor.ringfence.until("the registration", ({ trunks }) =>
        trunks.some(({ registration }) => registration?.state === "registered"),
      );
      await callsOut("3304420712", answers("registered", "message: INVITE sip:3304420712@"));
      const registers = carriers.floor.seen("outside").filter((text) => text.startsWith("REGISTER sip:198.51.100.23"));
      const contact = registers.at(-1)?.split("\r\nContact: <")[1]?.split(">")[0] ?? "";
      await callsIn("registered", () => contact);
    });

    scenario(`a host that has fallen silent: the call is at the second within ${mostFailoverSeconds} s`, async () => {
      await callsOut("3404420711", answers("silent"));
      const silent = () => carriers.host("silent").plays("carrier-silent");
      await callsOut("3404420712", silent, answers("silent", undefined, 1));
      const seconds = carriers.failoverSeconds("silent", "3404420712");
      console.log(
        `behind ${standIn.name}: ${seconds.toFixed(2)} s from the INVITE to the silent host to that to the second`,
      );
      expect(seconds).toBeLessThan(mostFailoverSeconds);
    });

    scenario("a host that answers 503: the call is at the second at once", async () => {
      const refuses = () => carriers.host("overloaded").plays("carrier-503");
      await callsOut("3504420712", refuses, answers("overloaded", undefined, 1));
      expect(carriers.failoverSeconds("overloaded", "3504420712")).toBeLessThan(mostFailoverSeconds);
    });

    scenario("international numbers in tel:, with plus and country code, the caller in P-Asserted-Identity", () =>
      callsOut(
        "02071234567",
        answers("international", "message: INVITE tel:.442071234567 SIP && P-Asserted-Identity: sip:"),
      ),
    );

    scenario("a technical prefix and user=phone", () =>
      callsOut("3804420712", answers("technical", "message: INVITE sip:773804420712@198.51.100.31;user=phone SIP")),
    );
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await carriers.floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
