/** Threat L14: pages that show what peers wrote show it as text, and nothing of it has become a part of the page. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { mark } from "../support/payloads.ts";
import { open } from "./console-user.ts";
import type { Found } from "./data-requests.ts";

/** What no page of the console has: whoever finds one has found a payload. */
const foreign =
  "main :is(img, script, iframe, object, embed, link, style, base, meta, form[action], [onerror], [onload])";

export async function readPlanted(page: Page, address: string, { call, record }: Found): Promise<void> {
  // It saw the lines of the log come.
  await isInnocent(page, "Overview");
  for (const [place, title] of [
    ["calls", "Calls"],
    [`calls/${call}`, "One call"],
    ["registrations", "Registrations"],
    ["defence/decisions", "Defence"],
    ["records", "Records"],
    [refusedForTheirText, "Records"],
    [`records/${record}`, `Record ${record}`],
    ["alerts", "Alerts"],
    ["fraud", "Fraud"],
    ["audit", "Audit log"],
  ] as const) {
    await open(page, address, place, title);
    // A page may ask for several things.
    await page.locator("main:not(:has(.waiting))").waitFor();
    if (shown.includes(place)) await expect.poll(() => showsMark(page), { timeout: 30_000, message: place }).toBe(true);
    if (place === `calls/${call}`) await readMessage(page);
    await isInnocent(page, title);
  }
}

/** Calls that were refused for what they called. The list of all begins with what ended last: often calls whose planted answers were none, when they were given up. */
const refusedForTheirText = "records?reason=target-characters";

/** Where it must be seen: nothing there is safe for want of being there. */
const shown: readonly string[] = ["defence/decisions", refusedForTheirText];

/** What is written down a moment later is not on the page yet: it is loaded again until it is. */
async function showsMark(page: Page): Promise<boolean> {
  if ((await page.locator("main bdi", { hasText: mark }).count()) > 0) return true;
  await page.reload();
  await page.locator("main:not(:has(.waiting))").waitFor();
  return false;
}

async function readMessage(page: Page): Promise<void> {
  await page.getByRole("button", { name: "INVITE 600" }).first().click();
  await page.getByRole("region", { name: "The chosen message" }).getByText(mark).first().waitFor();
}

async function isInnocent(page: Page, title: string): Promise<void> {
  expect({ title, foreign: await page.locator(foreign).count() }).toEqual({ title, foreign: 0 });
  expect(await page.title()).toBe(`${title} · Ringfence`);
}
