/** What a person reads of a day on the pages of the console. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Sums, sumOfAlerts, sumsOfPages } from "../support/day-sums.ts";
import { open } from "./console-user.ts";

export async function readDay(page: Page, address: string): Promise<Sums> {
  return {
    ...sumsOfPages(await recordRows(page, address)),
    "sources banned": await rowsOf(page, address, "defence", "Defence", "Bans"),
    "accounts suspended": await rowsOf(page, address, "fraud", "Fraud", "Suspended accounts"),
    "hosts that went down": await downs(page, address),
    ...(await openAlerts(page, address)),
  };
}

/** The menu and the overview count what the page lists. */
async function openAlerts(page: Page, address: string): Promise<Sums> {
  await open(page, address, "alerts", "Alerts");
  const rows = page.getByRole("table", { name: "Open alerts" }).locator('td[data-name="What"] .quiet');
  await rows.first().waitFor();
  // `kind, object`
  const kinds = (await rows.allTextContents()).map((text) => text.split(",")[0] ?? "");
  const link = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Alerts" });
  await expect.poll(() => link.textContent(), { timeout: 30_000 }).toBe(`Alerts${kinds.length}`);
  await open(page, address, "", "Overview");
  await page.getByText(new RegExp(`^${kinds.length} alerts? open\\.`)).waitFor();
  return sumOfAlerts(kinds);
}

/** Of the overview: the number beside the word. */
export async function figure(page: Page, name: string): Promise<number> {
  return Number(await page.getByRole("region", { name, exact: true }).locator("strong").textContent());
}

/** All of them, a page of the list after the other. */
async function recordRows(
  page: Page,
  address: string,
): Promise<readonly { readonly what: string; readonly why: string }[]> {
  await open(page, address, "records", "Records");
  const rows = page.getByRole("table", { name: "Records" }).locator("tbody tr");
  const more = page.getByRole("button", { name: "Show more" });
  await rows.first().waitFor();
  while (await more.isVisible()) {
    const before = await rows.count();
    await more.click();
    await rows.nth(before).or(page.locator("main:not(:has(button.more))")).first().waitFor();
  }
  const cells = (name: string) => rows.locator(`td[data-name="${name}"]`).allTextContents();
  const [what, why] = [await cells("What"), await cells("Why")];
  return what.map((text, i) => ({ what: text, why: why[i] ?? "" }));
}

async function rowsOf(page: Page, address: string, place: string, title: string, table: string): Promise<number> {
  await open(page, address, place, title);
  const rows = page.getByRole("table", { name: table }).locator("tbody tr");
  await rows.first().waitFor();
  return rows.count();
}

/** In the history of each host of the trunks. */
async function downs(page: Page, address: string): Promise<number> {
  await open(page, address, "trunks", "Trunks");
  await page.getByText("2 changes").or(page.getByText("1 change")).first().waitFor();
  const changes = await page.locator("main details li").allTextContents();
  return changes.filter((text) => text.endsWith(" down")).length;
}
