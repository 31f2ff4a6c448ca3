/** Phones in browsers behind a proxy, which leaves transfers to the phones: REFER and Replaces cross Ringfence both ways. */
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { BrowserPhone } from "./laboratory/browser-phone.ts";
import { browserSite } from "./laboratory/browser-site.ts";
import { Chromium } from "./laboratory/chromium.ts";
import { startKamailio } from "./laboratory/kamailio.ts";
import { Laboratory } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("kamailio", "chromium-headless-shell");
let laboratory: Laboratory;
let ringfence: Ringfence;
let chromium: Chromium;

beforeAll(async () => {
  if (!scenario.available) return;
  laboratory = Laboratory.open("browser-kamailio");
  const site = await browserSite(laboratory, "methods: { refer: true, message: true, subscribe: true }");
  [chromium] = await Promise.all([Chromium.start(laboratory, "phone", site.pin), startKamailio(laboratory)]);
  ringfence = await Ringfence.start(laboratory, site.config);
}, 120_000);
afterAll(async () => {
  await chromium?.stop();
  await laboratory?.close();
});

describe.each([
  ["jssip", "sipjs"],
  ["sipjs", "jssip"],
] as const)("%s transfers %s", (library, otherLibrary) => {
  /** 1001 transfers 1002 to 1003. */
  let from: BrowserPhone;
  let moved: BrowserPhone;
  let to: BrowserPhone;

  beforeAll(async () => {
    if (!scenario.available) return;
    const open = (name: string, of: typeof library, user: "1001" | "1002" | "1003") =>
      BrowserPhone.registered(laboratory, chromium, `${name}-${of}`, { library: of, user });
    [from, moved, to] = await Promise.all([
      open("from", library, "1001"),
      open("moved", otherLibrary, "1002"),
      open("to", library, "1003"),
    ]);
  });
  beforeEach(() => {
    for (const phone of [from, moved, to]) phone?.forget();
  });
  afterAll(async () => {
    await Promise.all([from, moved, to].map((phone) => phone?.close()));
  });

  async function connect(caller: BrowserPhone, callee: BrowserPhone, number: string, place: number): Promise<void> {
    await caller.tell({ do: "call", to: number });
    await callee.sees("incoming");
    await callee.tell({ do: "answer" });
    await Promise.all([caller.sees("established", place), callee.sees("established")]);
  }

  /** The two that are left talk, and one of them hangs up. */
  async function theRestEnds(): Promise<void> {
    await moved.tell({ do: "hang-up" });
    await to.sees("ended");
    await ringfence.until("every call to be gone", ({ calls, media }) => calls + media.calls + media.portsInUse === 0);
    for (const { trace } of [from, moved, to]) expect(trace.filter((frame) => frame.includes("10.30.0."))).toEqual([]);
  }

  const done = () =>
    eventually("the transfer to be reported done", () =>
      from.happened.some((h) => h.what === "transfer" && h.detail === "200"),
    );

  scenario("an INVITE that is challenged with 407 becomes a call; hold and resume cross", async () => {
    await connect(from, moved, "1002", 1);
    await from.tell({ do: "hold" });
    await moved.sees("held");
    await from.sees("hold-answered");
    await from.tell({ do: "resume" });
    await moved.sees("resumed");
    await moved.tell({ do: "hang-up" });
    await from.sees("ended");
  });

  scenario("an account in two tabs rings in both; when one answers, the other falls silent", async () => {
    const again = await BrowserPhone.registered(laboratory, chromium, `again-${otherLibrary}`, {
      library: otherLibrary,
      user: "1003",
    });
    await from.tell({ do: "call", to: "1003" });
    await Promise.all([to.sees("incoming"), again.sees("incoming")]);
    await to.tell({ do: "answer" });
    await Promise.all([from.sees("established"), to.sees("established"), again.sees("failed")]);
    await from.tell({ do: "hang-up" });
    await to.sees("ended");
    await again.close();
  });

  scenario("blind: the phone that is transferred calls the other itself, and says how it went", async () => {
    await connect(from, moved, "1002", 1);
    await from.tell({ do: "transfer", to: "sip:1003@pbx.example.com" });
    await moved.sees("referred");
    expect(await to.sees("incoming")).toBe("1002");
    await to.tell({ do: "answer" });
    await Promise.all([moved.sees("established", 2), to.sees("established"), done()]);
    await from.tell({ do: "hang-up" });
    await moved.sees("ended");
    await theRestEnds();
  });

  scenario("attended: Replaces names the same call on every side of Ringfence", async () => {
    await connect(from, moved, "1002", 1);
    await from.tell({ do: "hold" });
    await from.sees("hold-answered");
    await connect(from, to, "1003", 2);
    await from.tell({ do: "transfer-to-call", call: -2, other: -1 });
    await moved.sees("referred");
    await to.sees("replaced");
    await Promise.all([moved.sees("established", 2), to.sees("established", 2), done()]);
    await from.sees("ended");
    await from.tell({ do: "hang-up", call: -2 });
    await moved.sees("ended");
    await theRestEnds();
  });
});
