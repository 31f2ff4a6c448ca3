/** Calls of phones in pages of Chromium over WSS, with two SIP libraries. Signalling only: see browser/description.ts. */
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
  table = await BrowserTable.open("browser-calls");
  desk = await table.deskPhone();
}, 120_000);
beforeEach(() => table?.forget());
afterAll(() => table?.close());

describe.each(["jssip", "sipjs"] as const)("%s", (library) => {
  let page: BrowserPhone;

  beforeAll(async () => {
    if (scenario.available) page = await table.registered(library, { library, user: "1001" });
  });
  afterEach(() => table?.callsAreOver());
  afterAll(async () => {
    await table?.nothingIsLeft();
    await page?.close();
  });

  async function pageCalls(): Promise<void> {
    await page.tell({ do: "call", to: "1002" });
    await desk.sees("CALL_INCOMING");
    await page.sees("ringing");
  }

  async function deskCalls(): Promise<void> {
    desk.tell("dial", "1001");
    expect(await page.sees("incoming")).toBe("1002");
    await desk.sees("CALL_RINGING");
  }

  async function talk(): Promise<void> {
    await pageCalls();
    desk.tell("accept");
    await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
  }

  async function pageHangsUp(): Promise<void> {
    await page.tell({ do: "hang-up" });
    await Promise.all([page.sees("ended"), desk.sees("CALL_CLOSED")]);
  }

  scenario("a page calls a desk phone and hangs up", async () => {
    await talk();
    await pageHangsUp();
  });

  scenario("a desk phone calls a page and hangs up", async () => {
    await deskCalls();
    await page.tell({ do: "answer" });
    await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
    desk.tell("hangup");
    await Promise.all([page.sees("ended"), desk.sees("CALL_CLOSED")]);
  });

  scenario("a page calls the echo, which answers at once", async () => {
    await page.tell({ do: "call", to: "600" });
    await page.sees("established");
    await page.tell({ do: "hang-up" });
    await page.sees("ended");
  });

  scenario("a page puts the desk phone on hold and takes it back", async () => {
    await talk();
    const before = desk.trace.length;
    await page.tell({ do: "hold" });
    await page.sees("hold-answered");
    expect(desk.trace.slice(before)).toMatch(/a=(recvonly|inactive)/);
    const held = desk.trace.length;
    await page.tell({ do: "resume" });
    await page.sees("hold-answered", 2);
    expect(desk.trace.slice(held)).toContain("a=sendrecv");
    await pageHangsUp();
  });

  scenario("a desk phone puts the page on hold and takes it back", async () => {
    await talk();
    desk.tell("hold");
    await page.sees("held");
    desk.tell("resume");
    await page.sees("resumed");
    await pageHangsUp();
  });

  scenario("a desk phone that rejects is busy for the page", async () => {
    await pageCalls();
    desk.tell("hangup");
    expect(await page.sees("failed")).toContain("486");
  });

  scenario("a page that rejects is busy for the desk phone", async () => {
    await deskCalls();
    await page.tell({ do: "reject" });
    expect((await desk.sees("CALL_CLOSED")).param).toContain("486");
  });

  scenario("a page that gives up while it rings silences the desk phone", async () => {
    await pageCalls();
    await page.tell({ do: "hang-up" });
    await desk.sees("CALL_CLOSED");
  });

  scenario("a desk phone that gives up while it rings silences the page", async () => {
    await deskCalls();
    desk.tell("hangup");
    await page.sees("failed");
  });

  scenario("digits by INFO choose an extension at the PBX's attendant", async () => {
    await page.tell({ do: "call", to: "700" });
    await page.sees("established");
    for (const digit of "1002") await page.tell({ do: "press", digit });
    await desk.sees("CALL_INCOMING");
    desk.tell("accept");
    await desk.sees("CALL_ESTABLISHED");
    await pageHangsUp();
  });

  // JsSIP does not know them, and says so.
  scenario("a PBX that wants its ringing acknowledged gets a PRACK from the page that knows how", async () => {
    await table.pbx.set("reliable180", "on");
    const since = page.trace.length;
    await talk();
    const pracks = page.trace.slice(since).filter((frame) => frame.startsWith(">PRACK"));
    expect(pracks).toHaveLength(library === "sipjs" ? 1 : 0);
    await pageHangsUp();
    await table.pbx.set("reliable180", "off");
  });

  scenario("nothing of the inside reaches the page", async () => {
    const received = page.trace.filter((frame) => frame.startsWith("<"));
    expect(received.length).toBeGreaterThan(20);
    expect(received.filter((frame) => frame.includes("10.30.0."))).toEqual([]);
  });

  scenario("a page that unregisters is not called any more", async () => {
    await page.tell({ do: "unregister" });
    await page.sees("unregistered");
    desk.tell("dial", "1001");
    expect((await desk.sees("CALL_CLOSED")).param).toMatch(/4\d\d/);
    await eventually("the registration to be gone", async () =>
      (await table.pbx.state()).registrations.every(({ user }) => user !== "1001"),
    );
  });
});
