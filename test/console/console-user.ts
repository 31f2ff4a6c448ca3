/** A person at the console: comes in, goes about, and does it by keyboard where that is the point. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { totp } from "../support/totp.ts";

export const password = "four plain words together";

/** Tabulator after tabulator, until it has the focus: what cannot be reached that way fails the test. */
export async function reach(page: Page, wanted: Locator): Promise<void> {
  const element = await wanted.elementHandle();
  for (let step = 0; step < mostSteps; step++) {
    if (await element?.evaluate((one) => one === one.ownerDocument.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${wanted}`);
}

const mostSteps = 120;

/** Into a field that is empty. */
export async function type(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await reach(page, field);
  await page.keyboard.type(text);
  expect({ label, value: await field.inputValue() }).toEqual({ label, value: text });
}

export async function press(page: Page, name: string): Promise<void> {
  await reach(page, page.getByRole("button", { name, exact: true }));
  await page.keyboard.press("Enter");
}

/** From the first page with a code to the overview, without a mouse. @returns the recovery codes */
export async function enrol(page: Page, user: string, code: string): Promise<readonly string[]> {
  await type(page, "Code", code);
  await type(page, "User", user);
  await type(page, "Password", password);
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: "QR code" }).waitFor();
  const secret = (await page.locator("code").first().textContent()) ?? "";
  await type(page, "Code", totp(secret.replaceAll(" ", ""), Date.now()));
  await page.keyboard.press("Enter");
  return keepCodes(page);
}

/** Whoever came in by the second factor: the codes are kept, and the console opens. */
export async function keepCodes(page: Page): Promise<readonly string[]> {
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  const codes = await page.locator("li").allTextContents();
  await reach(page, page.getByLabel("I have kept them."));
  await page.keyboard.press("Space");
  await press(page, "Open the console");
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  return codes;
}

/** By its address; a page that is already there is loaded by nobody again. */
export async function open(page: Page, address: string, place: string, title: string): Promise<void> {
  await page.goto(`${address}#/${place}`);
  await page.getByRole("heading", { name: title, level: 1 }).waitFor();
}

/** The pages that take the focus from a field of theirs that somebody is in as soon as it is there. */
export async function focusThieves(page: Page, places: readonly string[]): Promise<readonly string[]> {
  const thieves: string[] = [];
  for (const place of places) if (!(await keepsFocus(page, place))) thieves.push(place);
  return thieves;
}

/** Whether the field still has the focus when the page has been painted, and what it does then is done. */
function keepsFocus(page: Page, place: string): Promise<boolean> {
  return page.evaluate(`(async () => {
    const field = () => document.querySelector("main form input");
    const before = field();
    location.hash = "#/${place}";
    await new Promise((there) => {
      const watch = new MutationObserver(() => field() && field() !== before && there(watch.disconnect()));
      watch.observe(document.querySelector("main"), { childList: true, subtree: true });
    });
    const typed = field();
    typed.focus();
    for (let frame = 0; frame < 2; frame++) await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    return document.activeElement === typed;
  })()`);
}
