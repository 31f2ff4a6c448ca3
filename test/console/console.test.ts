/** The console of a running Ringfence in a browser: every page, by keyboard, on a phone, light and dark, with what peers planted. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { outsideProgram } from "../support/outside-program.ts";
import { excess, sizes, startChromium, violations, type Watched, watchedPage } from "./browser.ts";
import { goBack, writeConfig } from "./config-desk.ts";
import { ConsoleSite } from "./console-site.ts";
import { enrol, focusThieves, keepCodes, open, password, press, type } from "./console-user.ts";
import { pages } from "./pages.ts";
import { directionShown, payloads } from "./payloads.ts";

const chromium = outsideProgram("chromium-headless-shell", "chromium-headless-shell");
/** Longer than the patience of one look, which says better what is missing. */
const test = (name: string, body: () => Promise<void>): void => chromium(name, body, 120_000);

let site: ConsoleSite;
let browser: Browser;
let context: BrowserContext;
let ada: Watched;
let codes: readonly string[];

beforeAll(async () => {
  if (!chromium.available) return;
  [site, browser] = await Promise.all([ConsoleSite.open(), startChromium()]);
  context = await browser.newContext({ viewport: sizes.laptop });
  ada = await watchedPage(context);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("the first user comes in by keyboard alone: code, password, authenticator, recovery codes", async () => {
  await ada.page.goto(site.address);
  await ada.page.getByRole("heading", { name: "Welcome" }).waitFor();
  expect(await violations(ada.page)).toEqual([]);
  codes = await enrol(ada.page, "ada", await site.enrolmentCode());
  expect(codes.length).toBeGreaterThan(5);
});

test("a call is seen when it begins, and what stands on no page is nobody's to ask for", async () => {
  const { page } = ada;
  await open(page, site.address, "calls", "Calls");
  await page.getByText("Nobody is talking.").waitFor();
  const phone = await site.phone("1001", {
    userAgent: payloads.markup,
    displayName: payloads.quote,
    session: payloads.prototype,
  });
  expect(await phone.register()).toBe(200);
  expect(await phone.call("00881612345678")).toBe(403);
  expect(await phone.call("600")).toBe(200);
  await page.getByRole("link", { name: "1001 → 600" }).waitFor();
  await open(page, site.address, "nowhere", "Nothing here");
});

for (const { place, title, says } of pages) {
  test(`#/${place} says what it is for, on a laptop and on a phone, light and dark, to everybody`, async () => {
    const { page } = ada;
    await open(page, site.address, place, title);
    const main = page.getByRole("main");
    for (const text of says) await main.getByText(text).first().waitFor();
    for (const [size, colorScheme] of [
      [sizes.laptop, "light"],
      [sizes.phone, "dark"],
    ] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
      expect(await excess(page)).toBe(0);
    }
    await page.setViewportSize(sizes.laptop);
    await page.emulateMedia({ colorScheme: "light" });
  });
}

test("threat L14: what a phone planted is text on every page that shows it", async () => {
  const { page } = ada;
  await open(page, site.address, "registrations", "Registrations");
  await page.getByText(payloads.markup).waitFor();
  await open(page, site.address, "calls", "Calls");
  await page.getByRole("link", { name: "1001 → 600" }).click();
  await page.getByRole("button", { name: "INVITE 600" }).first().click();
  const message = page.getByRole("region", { name: "The chosen message" });
  for (const text of [payloads.markup, payloads.prototype]) await message.getByText(text).waitFor();
  const stranger = await site.phone("1002", {
    userAgent: payloads.direction,
    displayName: payloads.direction,
    session: payloads.markup,
  });
  expect(await stranger.register()).toBe(200);
  await open(page, site.address, "registrations", "Registrations");
  await page.getByText(directionShown).waitFor();
  expect(await page.locator("main img, main script, main svg[onload]").count()).toBe(0);
  expect(await page.title()).toBe("Registrations · Ringfence");
});

test("nothing takes the focus from a field that somebody is in as soon as its page is there", async () => {
  await open(ada.page, site.address, "registrations", "Registrations");
  expect(await focusThieves(ada.page, ["defence", "explain", "records", "users"])).toEqual([]);
});

test("a ban is made, explained and lifted by keyboard", async () => {
  const { page } = ada;
  await open(page, site.address, "defence", "Defence");
  await type(page, "Address", "198.51.100.7");
  await page.keyboard.press("Enter");
  const [row, refusal] = [page.getByRole("row", { name: "198.51.100.7" }), page.getByRole("alert")];
  await row.getByText("by hand").or(refusal).waitFor();
  expect(await refusal.allTextContents()).toEqual([]);
  await press(page, "Lift the ban of 198.51.100.7");
  const dialog = page.getByRole("dialog", { name: "Hear 198.51.100.7 again?" });
  await dialog.waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("198.51.100.7 is heard again.").waitFor();
  await row.waitFor({ state: "detached" });
});

test("a call that nobody makes is explained with the line of the file", async () => {
  const { page } = ada;
  await open(page, site.address, "explain", "Explain");
  await type(page, "Number or extension called", "00881612345678");
  await type(page, "Account that calls", "1001");
  await page.keyboard.press("Enter");
  await page.getByText("refused 403").waitFor();
  await page.getByRole("row", { name: "destination" }).getByText("line ").waitFor();
});

test("an account is suspended, which ends its calls, and let in again", async () => {
  const { page } = ada;
  await open(page, site.address, "fraud", "Fraud");
  await press(page, "Suspend 1001");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).press("Enter");
  await page.getByRole("heading", { name: "May not call" }).waitFor();
  await open(page, site.address, "calls", "Calls");
  await page.getByText("Nobody is talking.").waitFor();
  await open(page, site.address, "fraud", "Fraud");
  await press(page, "Lift the suspension of 1001");
  await page.getByRole("dialog").getByRole("button", { name: "Lift" }).press("Enter");
  await page.getByRole("heading", { name: "May not call" }).waitFor({ state: "detached" });
});

test("a configuration is completed as one types, refused with its line, put in force on trial and kept", async () => {
  await writeConfig(ada.page, site.address);
});

test("what was in force before is compared with what is, and put in force again, with a line in the audit log", async () => {
  await goBack(ada.page, site.address);
});

test("the hardening checklist is asked by keyboard, and says of each finding what to do", async () => {
  const { page } = ada;
  await open(page, site.address, "hardening", "Hardening");
  await press(page, "Ask now");
  const main = page.getByRole("main");
  await main.getByText(" of 100").waitFor({ timeout: 60_000 });
  const row = page.getByRole("row", { name: "logs-central" }).first();
  await row.getByText("Only you can do this.").waitFor();
  for (const size of [sizes.phone, sizes.laptop]) {
    await page.setViewportSize(size);
    expect(await violations(page)).toEqual([]);
    expect(await excess(page)).toBe(0);
  }
  await open(page, site.address, "audit", "Audit log");
  await main.getByText("hardening-run").first().waitFor();
});

test("an invited viewer enrols a passkey, and has neither pages nor buttons that would be refused", async () => {
  const { page } = ada;
  await open(page, site.address, "users", "Users and keys");
  await type(page, "Name", "bob");
  await press(page, "Invite");
  const code = (await page.getByRole("status").locator("code").textContent()) ?? "";
  const his = await watchedPage(await browser.newContext({ viewport: sizes.phone }));
  const devtools = await his.page.context().newCDPSession(his.page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
  } as const;
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await his.page.goto(site.address);
  await press(his.page, "I have an invitation");
  await type(his.page, "Code", code);
  await type(his.page, "User", "bob");
  await type(his.page, "Password", password);
  await his.page.keyboard.press("Enter");
  await press(his.page, "Make a passkey");
  await keepCodes(his.page);
  await press(his.page, "Menu");
  const links = await his.page.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
  expect(links.map((link) => link.replace(/\d+$/, ""))).toEqual([
    ...["Overview", "Calls", "Registrations", "Trunks", "Defence", "Fraud", "Alerts", "Explain"],
  ]);
  await open(his.page, site.address, "defence", "Defence");
  await his.page.getByText("Nobody is banned.").waitFor();
  expect(await his.page.getByText("Ban by hand").count()).toBe(0);
  await open(his.page, site.address, "records", "Nothing here");
  await press(his.page, "Menu");
  await press(his.page, "Sign out");
  await type(his.page, "User", "bob");
  await type(his.page, "Password", password);
  await his.page.keyboard.press("Enter");
  await press(his.page, "Show the passkey");
  await his.page.getByRole("button", { name: "Menu" }).waitFor();
  expect(his.complaints).toEqual([]);
});

test("whoever signs out and comes back by a recovery code has one left less", async () => {
  const { page } = ada;
  await press(page, "Sign out");
  await type(page, "User", "ada");
  await type(page, "Password", "not the password");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("alert").textContent()).not.toBe("");
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Second step" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await press(page, "Use a recovery code");
  expect(await violations(page)).toEqual([]);
  await type(page, "Recovery code", codes[0] ?? "");
  await page.keyboard.press("Enter");
  await open(page, site.address, "users", "Users and keys");
  await page.getByText(`${codes.length - 1} recovery codes`).waitFor();
});

test("no page asked another host for anything, and no browser complained", async () => {
  expect([...ada.hosts]).toEqual([new URL(site.address).host]);
  expect(ada.complaints).toEqual([]);
});
