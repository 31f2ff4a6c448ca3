/** Presence, lamps, waiting messages, text messages and OPTIONS, played by SIPp against both PBX stand-ins. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Floor } from "./laboratory/floor.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { SippPhone } from "./laboratory/sipp-phone.ts";
import { standIns } from "./laboratory/stand-in.ts";

const scenario = laboratoryTest("sipp", "kamailio");
const documents = {
  presence: "application/pidf+xml",
  dialog: "application/dialog-info+xml",
  "message-summary": "application/simple-message-summary",
} as const;

describe.each(standIns)("through $name", (standIn) => {
  let floor: Floor;
  beforeAll(async () => {
    if (scenario.available) floor = await Floor.open("sipp-events", standIn, { knobs: { publish: "on" } });
  }, 60_000);
  afterAll(() => floor?.close());

  const watching = (event: keyof typeof documents, watched: string, change: string) => ({
    event,
    status: "200",
    watched,
    change,
    document: documents[event],
  });

  /** The phone has been told the first state. */
  const watches = ({ user }: SippPhone): Promise<unknown> =>
    eventually(`${user} to watch`, () => {
      const told = floor.seen("outside").filter((text) => text.startsWith(`NOTIFY sip:${user}@`));
      return told.length > 0;
    });

  describe.concurrent("flows", () => {
    scenario("presence: a phone publishes, its watcher is told, and it is taken back", async () => {
      const [watcher, watched] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([
        watcher.plays("subscribe", watching("presence", watched.user, "closed")),
        watched.plays("publish"),
      ]);
    });

    scenario("dialog: a lamp blinks, burns and goes out while the watched phone is called", async () => {
      const [watcher, watched, caller] = await floor.registered<[SippPhone, SippPhone, SippPhone]>(3);
      const lamp = watcher.plays("watch-lamp", { watched: watched.user });
      await watches(watcher);
      await Promise.all([lamp, watched.plays("answer-slowly"), caller.plays("call", { callee: watched.user })]);
    });

    scenario("message-summary: a phone that watches its mailbox is told when something waits", async () => {
      const [phone] = await floor.registered<[SippPhone]>(1);
      const told = phone.plays("subscribe", watching("message-summary", phone.user, "Voice-Message: 2/1"));
      await watches(phone);
      await Promise.all([told, floor.pbx.leaveMessage(phone.user)]);
    });

    // What is sent before the phone listens is sent again.
    scenario("message-summary: the PBX may tell a phone that did not ask", async () => {
      const [phone] = await floor.registered<[SippPhone]>(1);
      await Promise.all([phone.plays("told-unasked"), floor.pbx.tellUnasked(phone.user)]);
    });

    scenario("MESSAGE from phone to phone", async () => {
      const [writer, reader] = await floor.registered<[SippPhone, SippPhone]>(2);
      await Promise.all([reader.plays("read-message"), writer.plays("message", { callee: reader.user })]);
    });

    scenario("OPTIONS are answered here", async () => {
      await floor.phone().plays("options");
    });

    scenario("a NOTIFY that nobody asked for gets no further than Ringfence", async () => {
      const [phone, other] = await floor.registered<[SippPhone, SippPhone]>(2);
      await phone.plays("notify-unasked", { callee: other.user, event: "message-summary", status: "405" });
      expect(floor.seen("inside").filter((text) => text.startsWith("NOTIFY ") && text.includes(other.user))).toEqual(
        [],
      );
    });
  });

  scenario("no name, address or Call-ID of one side was seen on the other", async () => {
    const { outside, inside } = await floor.leaks();
    expect(outside).toEqual([]);
    expect(inside).toEqual([]);
  });
});
