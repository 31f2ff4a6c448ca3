/** Pages of Chromium talk: DTLS-SRTP, ICE and rtcp-mux on their side, what the other party has on its own. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { BrowserPhone } from "./laboratory/browser-phone.ts";
import { BrowserTable } from "./laboratory/browser-table.ts";
import { Capture } from "./laboratory/capture.ts";
import { pageTone } from "./laboratory/chromium.ts";
import { encrypted, tones } from "./laboratory/extensions.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { isSent } from "./laboratory/on-the-wire.ts";
import type { Phone } from "./laboratory/phone.ts";

const scenario = laboratoryTest("baresip", "chromium-headless-shell");
let table: BrowserTable;
let wire: Capture;
let desk: Phone;
let sdes: Phone;
let pages: Readonly<Record<"jssip" | "sipjs", BrowserPhone>>;

beforeAll(async () => {
  if (!scenario.available) return;
  table = await BrowserTable.open("browser-media", "", {}, "dtls");
  wire = await Capture.start(table.laboratory, "outside", "media");
  [desk, sdes] = await Promise.all([table.deskPhone(), table.deskPhone("1003", encrypted)]);
  const [jssip, sipjs] = await Promise.all([
    table.registered("jssip", { library: "jssip", user: "1001", keying: "dtls" }),
    table.registered("sipjs", { library: "sipjs", user: "1004", keying: "dtls" }),
  ]);
  pages = { jssip, sipjs };
  table.forget();
}, 120_000);
afterAll(() => table?.close(), 60_000);

/** From now on: half a second of packets, which is more than the browser holds back, and a tone in what is played at this moment. */
async function hears(page: BrowserPhone, hertz: number): Promise<void> {
  const before = (await page.hears()).packets;
  await eventually(`the page to hear ${hertz} Hz`, async () => {
    const { packets, level, hertz: loudest } = await page.hears();
    return packets >= before + 25 && level > 0.01 && Math.abs(loudest - hertz) < 20;
  });
}

async function itIsOver(page: BrowserPhone, phone?: Phone): Promise<void> {
  await Promise.all([page.sees("ended"), phone?.sees("CALL_CLOSED")]);
  await table.callsAreOver();
  table.forget();
}

describe.each([
  ["jssip", "1001"],
  ["sipjs", "1004"],
] as const)("%s", (library, user) => {
  scenario("a page calls a phone with SDES, which it insists on: each hears the other", async () => {
    const page = pages[library];
    await page.tell({ do: "call", to: "1003" });
    await sdes.sees("CALL_INCOMING");
    sdes.tell("accept");
    await Promise.all([page.sees("established"), sdes.sees("CALL_ESTABLISHED")]);
    await Promise.all([hears(page, tones["1003"]), sdes.hearsTone(pageTone)]);
    await page.tell({ do: "hang-up" });
    await itIsOver(page, sdes);
  });

  scenario("a phone with SDES calls a page: each hears the other", async () => {
    const page = pages[library];
    sdes.tell("dial", user);
    await page.sees("incoming");
    await page.tell({ do: "answer" });
    await Promise.all([page.sees("established"), sdes.sees("CALL_ESTABLISHED")]);
    await Promise.all([hears(page, tones["1003"]), sdes.hearsTone(pageTone)]);
    sdes.tell("hangup");
    await itIsOver(page, sdes);
  });

  scenario("a page calls an extension of the PBX on plain RTP, which sends back what it says", async () => {
    const page = pages[library];
    await page.tell({ do: "call", to: "600" });
    await page.sees("established");
    await hears(page, pageTone);
    await page.tell({ do: "hang-up" });
    await itIsOver(page);
  });

  scenario(
    "a phone on plain RTP calls a page; after hold, resume and an ICE restart each hears the other",
    async () => {
      const page = pages[library];
      desk.tell("dial", user);
      await page.sees("incoming");
      await page.tell({ do: "answer" });
      await Promise.all([page.sees("established"), desk.sees("CALL_ESTABLISHED")]);
      await Promise.all([hears(page, tones["1002"]), desk.hearsTone(pageTone)]);
      await page.tell({ do: "hold" });
      await page.sees("hold-answered");
      await page.tell({ do: "resume" });
      await page.sees("hold-answered", 2);
      // baresip records nothing after a re-INVITE.
      await Promise.all([hears(page, tones["1002"]), isSent(wire, "phone2", pageTone, Date.now() / 1_000)]);
      const names = page.trace.length;
      await page.tell({ do: "restart-ice" });
      await page.sees("restart-answered");
      expect(ufrags(page.trace.slice(names))).toHaveLength(2);
      expect(ufrags(page.trace.slice(0, names))).not.toContain(ufrags(page.trace.slice(names))[0]);
      await Promise.all([hears(page, tones["1002"]), isSent(wire, "phone2", pageTone, Date.now() / 1_000)]);
      desk.tell("hangup");
      await itIsOver(page, desk);
    },
  );
});

/** Names of ICE in what a page sent and got. */
function ufrags(frames: readonly string[]): readonly string[] {
  return frames.flatMap((frame) => /a=ice-ufrag:(\S+)/.exec(frame)?.[1] ?? []);
}

scenario("one page calls another with pictures: each hears and sees the other", async () => {
  const { jssip, sipjs } = pages;
  await jssip.tell({ do: "call", to: "1004", pictures: true });
  await sipjs.sees("incoming");
  await sipjs.tell({ do: "answer", pictures: true });
  await Promise.all([jssip.sees("established"), sipjs.sees("established")]);
  const sees = async (page: BrowserPhone): Promise<void> => {
    const { pictures } = await page.hears();
    await eventually("the page to see ten pictures", async () => (await page.hears()).pictures >= pictures + 10);
  };
  await Promise.all([hears(jssip, pageTone), hears(sipjs, pageTone), sees(jssip), sees(sipjs)]);
  await jssip.tell({ do: "hang-up" });
  await Promise.all([jssip.sees("ended"), sipjs.sees("ended")]);
  await table.nothingIsLeft();
});
