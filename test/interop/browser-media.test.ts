/** Pages of Chromium talk: DTLS-SRTP, ICE and rtcp-mux on their side, what the other party has on its own. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { toneShare } from "../support/tone.ts";
import type { BrowserPhone } from "./laboratory/browser-phone.ts";
import { BrowserTable } from "./laboratory/browser-table.ts";
import { pageTone } from "./laboratory/chromium.ts";
import { tones } from "./laboratory/extensions.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { Phone } from "./laboratory/phone.ts";

const scenario = laboratoryTest("baresip", "chromium-headless-shell");
let table: BrowserTable;
let desk: Phone;

beforeAll(async () => {
  if (!scenario.available) return;
  table = await BrowserTable.open("browser-media", "", {}, "dtls");
  desk = await table.deskPhone();
}, 120_000);
afterAll(() => table?.close(), 60_000);

describe.each(["jssip", "sipjs"] as const)("%s", (library) => {
  let page: BrowserPhone;

  beforeAll(async () => {
    if (!scenario.available) return;
    page = await table.registered(library, { library, user: "1001", keying: "dtls" });
    table.forget();
  }, 60_000);
  afterAll(() => page?.close(), 60_000);

  async function itIsOver(): Promise<void> {
    await Promise.all([page.sees("ended"), desk.sees("CALL_CLOSED")]);
    await table.nothingIsLeft();
    table.forget();
  }

  async function pageHears(hertz: number): Promise<void> {
    const hearing = await eventually(`the page to hear ${hertz} Hz`, async () => {
      const heard = await page.hears();
      return heard.level > 0.01 && Math.abs(heard.hertz - hertz) < 20 ? heard : undefined;
    });
    expect(hearing.packets).toBeGreaterThan(0);
  }

  async function deskHears(hertz: number): Promise<void> {
    const heard = await desk.hears(4);
    // The first moments are silence: ICE, the handshake, and a codec that begins.
    const last = { ...heard, samples: heard.samples.subarray(-heard.rate) };
    expect(toneShare(last, hertz)).toBeGreaterThan(0.5);
  }

  scenario("a page calls a desk phone on plain RTP: each hears the other", async () => {
    await page.tell({ do: "call", to: "1002" });
    await desk.sees("CALL_INCOMING");
    desk.tell("accept");
    await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
    await Promise.all([pageHears(tones["1002"]), deskHears(pageTone)]);
    await page.tell({ do: "hang-up" });
    await itIsOver();
  });

  scenario("a desk phone calls a page: each hears the other", async () => {
    desk.tell("dial", "1001");
    await page.sees("incoming");
    await page.tell({ do: "answer" });
    await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
    await Promise.all([pageHears(tones["1002"]), deskHears(pageTone)]);
    desk.tell("hangup");
    await itIsOver();
  });
});
