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
  async function callsOut(number: string, ...roles: readonly Promise<void>[]): Promise<void> {
    const [phone] = await carriers.floor.registered<[SippPhone]>(1);
    await Promise.all([...roles, phone.plays("call", { callee: `9${number}` })]);
  }

  /** The carrier delivers a call to an extension, which answers it. */
  async function callsIn(trunk: TrunkName, uriFor: (number: string) => string): Promise<void> {
    const [phone] = await carriers.floor.registered<[SippPhone]>(1);
    const number = `+1555010${phone.user}`;
    const values = { uri: uriFor(number), callee: `sip:${number}@carrier.example` };
    await Promise.all([phone.plays("answer-hang-up"), carriers.caller(trunk).plays("carrier-call", values)]);
  }

  const answers = (trunk: TrunkName, wants: string, place = 0): Promise<void> =>
    carriers.host(trunk, place).plays("carrier-answer", { wants });

  describe.concurrent("flows", () => {
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
      callsOut("3204420712", carriers.host("digest").plays("carrier-challenge", carriers.account)),
    );

    scenario("a carrier we registered with: calls in both directions", async () => {
      const isRegistered = await carriers.floor.ringfence.until("the registration", ({ trunks }) =>
        trunks.some(({ registration }) => registration?.state === "registered"),
      );
      expect(isRegistered.registrations).toBeGreaterThanOrEqual(0);
      await callsOut("3304420712", answers("registered", "message: INVITE sip:3304420712@"));
      const registers = carriers.floor.seen("outside").filter((text) => text.startsWith("REGISTER sip:198.51.100.23"));
      const contact = registers.at(-1)?.split("\r\nContact: <")[1]?.split(">")[0] ?? "";
      await callsIn("registered", () => contact);
    });

    scenario("international numbers: plus and country code, caller in P-Asserted-Identity", () =>
      callsOut(
        "02071234567",
        answers("international", "message: INVITE sip:.442071234567@.*user=phone && P-Asserted-Identity: sip:"),
      ),
    );

    scenario("a technical prefix and tel: URIs", () =>
      callsOut("3804420712", answers("technical", "message: INVITE tel:77")),
    );
  });
});
