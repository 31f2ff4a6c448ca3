/**
 * Pictures of the console on a scripted day, with a call that is up: `node test/console/screenshots.ts` takes those of docs/console.md again,
 * `node test/console/screenshots.ts FOLDER` every page there is, whole, light on a laptop and dark on a phone, to be looked at.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { playDay, registeredPhone } from "../support/day.ts";
import { OperatedSite } from "../support/operated-site.ts";
import { plantedCall } from "../support/planting.ts";
import { sizes, startChromium, watchedPage } from "./browser.ts";
import { enrol, open } from "./console-user.ts";
import { type Found, lookAround } from "./data-requests.ts";
import { pages } from "./pages.ts";

const docs = fileURLToPath(new URL("../../docs/console/", import.meta.url));
const largest = 80_000;
/** Between the two of the tests: a picture of a page is looked at in a page. */
const window = { width: 1_040, height: 560 } as const;
/** Until the curves have some points. */
const curvesMs = 25_000;

const shots = [
  { name: "overview", place: () => "", title: "Overview", size: window, colours: "light" },
  { name: "call", place: ({ call }: Found) => `calls/${call}`, title: "One call", size: window, colours: "light" },
  { name: "trunks", place: () => "trunks", title: "Trunks", size: window, colours: "light" },
  { name: "defence", place: () => "defence", title: "Defence", size: window, colours: "dark" },
  { name: "fraud", place: () => "fraud", title: "Fraud", size: window, colours: "dark" },
  { name: "configuration", place: () => "config", title: "Configuration", size: sizes.phone, colours: "dark" },
] as const;

async function show(page: Page, site: OperatedSite, place: string, title: string): Promise<void> {
  await open(page, site.address, place, title);
  await page.locator("main:not(:has(.waiting))").waitFor();
  if (place.startsWith("calls/")) await page.getByRole("button", { name: "INVITE 600" }).first().click();
}

async function forDocs(page: Page, site: OperatedSite, found: Found): Promise<void> {
  await page.waitForTimeout(curvesMs);
  for (const { name, place, title, size, colours } of shots) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: colours });
    await show(page, site, place(found), title);
    if (name === "call") await page.getByRole("heading", { name: "Messages" }).scrollIntoViewIfNeeded();
    const path = join(docs, `${name}.png`);
    await page.screenshot({ path });
    const { size: octets } = statSync(path);
    console.log(`${name}.png: ${octets} octets${octets > largest ? ", which is too much" : ""}`);
  }
}

async function all(page: Page, site: OperatedSite, { call, over, record, decision }: Found, to: string): Promise<void> {
  const ones = [
    { place: `calls/${call}`, title: "One call" },
    { place: `calls/${over}`, title: "One call" },
    { place: `records/${record}`, title: `Record ${record}` },
    { place: `explain/${decision}`, title: `Decision ${decision}` },
  ];
  mkdirSync(to, { recursive: true });
  for (const { place, title } of [...pages, ...ones]) {
    for (const [width, colorScheme] of [["laptop", "light"] as const, ["phone", "dark"] as const]) {
      await page.setViewportSize(sizes[width]);
      await page.emulateMedia({ colorScheme });
      await show(page, site, place, title);
      await page.screenshot({
        path: join(to, `${place.replaceAll("/", "-") || "overview"}-${width}.png`),
        fullPage: true,
      });
    }
  }
}

const [site, browser] = await Promise.all([OperatedSite.open(), startChromium()]);
try {
  const { page } = await watchedPage(await browser.newContext({ viewport: sizes.laptop }));
  await page.goto(site.address);
  await enrol(page, "ada", await site.enrolmentCode());
  await playDay(site.stage);
  await plantedCall(site.stage, await registeredPhone(site.stage, 3), "Reception");
  const found = await lookAround(site);
  const [folder] = process.argv.slice(2);
  await (folder === undefined ? forDocs(page, site, found) : all(page, site, found, folder));
} finally {
  await browser.close();
  await site.close();
}
