/** Transfers by phones in browsers, and what they see of others: busy lamps and waiting messages. The PBX stand-in does the work. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { BrowserPhone } from "./laboratory/browser-phone.ts";
import { BrowserTable } from "./laboratory/browser-table.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { Phone } from "./laboratory/phone.ts";

const scenario = laboratoryTest("baresip", "chromium-headless-shell");
let table: BrowserTable;
let desk: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  table = await BrowserTable.open("browser-transfer", "methods: { refer: true, subscribe: true }");
  desk = await table.deskPhone();
}, 120_000);
beforeEach(() => table?.forget());
afterAll(() => table?.close());

describe.each([
  ["jssip", "sipjs"],
  ["sipjs", "jssip"],
] as const)("%s", (library, otherLibrary) => {
  let page: BrowserPhone;
  let other: BrowserPhone;

  beforeAll(async () => {
    if (!scenario.available) return;
    [page, other] = await Promise.all([
      table.registered(`${library}-1001`, { library, user: "1001" }),
      table.registered(`${otherLibrary}-1003`, { library: otherLibrary, user: "1003" }),
    ]);
  });
  afterEach(() => table?.callsAreOver());
  afterAll(async () => {
    await table?.nothingIsLeft();
    await Promise.all([page?.close(), other?.close()]);
  });

  async function talkToDesk(): Promise<void> {
    await page.tell({ do: "call", to: "1002" });
    await desk.sees("CALL_INCOMING");
    desk.tell("accept");
    await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
  }

  async function otherAnswers(): Promise<void> {
    await other.sees("incoming");
    await other.tell({ do: "answer" });
    await other.sees("established");
  }

  /** Everything that was said of the transfer so far. */
  const told = () => page.happened.filter(({ what }) => what === "transfer").map(({ detail }) => detail);

  scenario("blind transfer: the page leaves, the desk phone and the other page are connected", async () => {
    await talkToDesk();
    await page.tell({ do: "transfer", to: "sip:1003@pbx.example.com" });
    await otherAnswers();
    await eventually("the transfer to be reported done", () => told().at(-1) === "200");
    await page.sees("ended");
    desk.tell("hangup");
    await Promise.all([other.sees("ended"), desk.sees("CALL_CLOSED")]);
  });

  scenario("attended transfer: the page asks first, then connects the two", async () => {
    await talkToDesk();
    await page.tell({ do: "hold" });
    await page.sees("hold-answered");
    await page.tell({ do: "call", to: "1003" });
    await otherAnswers();
    await page.sees("established", 2);
    await page.tell({ do: "transfer-to-call", call: -2, other: -1 });
    await eventually("the transfer to be reported done", () => told().at(-1) === "200");
    await page.sees("ended", 2);
    await other.tell({ do: "hang-up" });
    await Promise.all([other.sees("ended"), desk.sees("CALL_CLOSED")]);
  });

  scenario("a transfer to nobody is reported, and the call goes on", async () => {
    await talkToDesk();
    await page.tell({ do: "transfer", to: "sip:4999@pbx.example.com" });
    await eventually("the failure to be reported", () => /4\d\d/.test(told().at(-1) ?? ""));
    await page.tell({ do: "hold" });
    await page.sees("hold-answered");
    await page.tell({ do: "hang-up" });
    await Promise.all([page.sees("ended"), desk.sees("CALL_CLOSED")]);
  });

  scenario("busy lamp: the page sees the desk phone take up a call and end it, until it looks away", async () => {
    const seen = (state: string) =>
      eventually(`the lamp to show ${state}`, () =>
        page.happened.findLast(({ what }) => what === "notified")?.detail.includes(`<state>${state}</state>`),
      );
    await page.tell({ do: "watch", who: "1002", event: "dialog", accept: "application/dialog-info+xml" });
    await page.sees("notified");
    desk.tell("dial", "600");
    await desk.sees("CALL_ESTABLISHED");
    await seen("confirmed");
    desk.tell("hangup");
    await seen("terminated");
    expect(page.happened.map(({ detail }) => detail).join("")).not.toContain("10.30.0.");
    await page.tell({ do: "unwatch" });
    await page.sees("watch-ended");
  });

  scenario("waiting messages: the page sees their number change", async () => {
    await page.tell({
      do: "watch",
      who: "1001",
      event: "message-summary",
      accept: "application/simple-message-summary",
    });
    await page.sees("notified");
    await table.pbx.mailbox("1001", 3, 1);
    await eventually("three new messages", () => page.happened.at(-1)?.detail.includes("3/1"));
    await table.pbx.mailbox("1001", 0, 0);
    await eventually("none", () => page.happened.at(-1)?.detail.includes("Messages-Waiting: no"));
    await page.tell({ do: "unwatch" });
    await page.sees("watch-ended");
  });
});
