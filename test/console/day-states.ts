/** Pages as they are when something has happened: what one looks at then, and what one is asked before one acts. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { excess, sizes, violations } from "./browser.ts";
import { open } from "./console-user.ts";
import type { Found } from "./data-requests.ts";

interface PageState {
  readonly name: string;
  readonly place: (found: Found) => string;
  readonly title: (found: Found) => string;
  /** What somebody does there, until it is seen. */
  readonly begin: (page: Page) => Promise<unknown>;
}

function at(place: string, title: string, name: string, begin: PageState["begin"]): PageState {
  return { name, place: () => place, title: () => title, begin };
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog").waitFor();
const says = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor();
const text = (page: Page) => page.getByRole("textbox", { name: "Text of" });

/** No page follows itself: each begins anew. */
const states: readonly PageState[] = [
  at("", "Overview", "alerts are open", says(/alerts? open\./)),
  {
    name: "a message of a call is chosen",
    place: ({ call }) => `calls/${call}`,
    title: () => "One call",
    async begin(page) {
      await page.getByRole("button", { name: "INVITE 600" }).first().click();
      await page.getByRole("region", { name: "The chosen message" }).waitFor();
    },
  },
  at("defence", "Defence", "an address is none", async (page) => {
    await page.getByLabel("Address").fill("nobody");
    await button(page, "Ban").click();
    await page.locator("main form [role=alert]").waitFor();
  }),
  {
    name: "a call is over",
    place: ({ over }) => `calls/${over}`,
    title: () => "One call",
    begin: says("This call is over."),
  },
  at("defence", "Defence", "a ban is to be lifted", async (page) => {
    await page.getByRole("table", { name: "Bans" }).getByRole("button").first().click();
    await dialog(page);
  }),
  at("calls", "Calls", "no call fits", async (page) => {
    await page.getByLabel("Find").fill("nobody");
    await says("No call fits.")(page);
  }),
  at("config", "Configuration", "words are offered", async (page) => {
    await text(page).press("Control+End");
    await page.keyboard.type("cd");
    await page.getByRole("option", { name: "cdr" }).waitFor();
  }),
  at("trunks", "Trunks", "the changes of a host are open", async (page) => {
    await page.locator("main summary").first().click();
    await page.locator("main details li").first().waitFor();
  }),
  at("config", "Configuration", "a text is wrong", async (page) => {
    await text(page).fill("pbx: 7\n");
    await button(page, "Check").click();
    await page.getByRole("table", { name: "Problems" }).waitFor();
  }),
  {
    name: "a decision is explained",
    place: ({ decision }) => `explain/${decision}`,
    title: ({ decision }) => `Decision ${decision}`,
    begin: (page) => page.getByRole("heading", { name: "How it came about" }).waitFor(),
  },
  at("fraud", "Fraud", "an account is suspended, and to be let in again", async (page) => {
    await page.getByRole("table", { name: "Suspended accounts" }).getByRole("button").first().click();
    await dialog(page);
  }),
  at("explain", "Explain", "a call that nobody makes is refused", async (page) => {
    await page.getByLabel("Number or extension called").fill("00881612345678");
    await page.getByLabel("Account that calls").fill("1001");
    await page.keyboard.press("Enter");
    await says("refused 403")(page);
  }),
  at("records?number=nobody", "Records", "no record fits", says("No record fits.")),
  at("alerts", "Alerts", "somebody looks after one, and a test was sent", async (page) => {
    await button(page, "I look after it").first().click();
    await says("by ada")(page);
    await button(page, "Send a test").click();
    await says("ops took the test by webhook.")(page);
  }),
  {
    name: "a person is to be erased",
    place: ({ record }) => `records/${record}`,
    title: ({ record }) => `Record ${record}`,
    async begin(page) {
      await page.getByRole("button", { name: "Erase" }).first().click();
      await dialog(page);
    },
  },
  at("config", "Configuration", "it is to be put in force", async (page) => {
    const before = await text(page).inputValue();
    await text(page).fill(before.replace("calls_per_account: 50", "calls_per_account: 49"));
    await button(page, "What would change").click();
    await page.getByRole("region", { name: "What would change" }).waitFor();
    await button(page, "Put in force").click();
    await dialog(page);
  }),
  at("users", "Users and keys", "an invitation and a key are shown once", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("eve");
    await button(page, "Invite").click();
    await says("The invitation of eve")(page);
    await page.getByLabel("What it is for").fill("a program");
    await button(page, "Make a key").click();
    await says("The key a program")(page);
  }),
  at("config", "Configuration", "one on trial is to go back", async (page) => {
    await text(page).fill((await text(page).inputValue()).replace("calls_per_account: 50", "calls_per_account: 49"));
    await button(page, "Put in force").click();
    await page.getByRole("dialog").getByRole("button", { name: "Put in force" }).click();
    await button(page, "Go back now").click();
    await dialog(page);
  }),
];

/** In each state, light on a laptop and dark on a phone: axe finds nothing, and nothing is wider than the window. */
export async function lookAtEveryState(page: Page, address: string, found: Found): Promise<void> {
  for (const { name, place, title, begin } of states) {
    await page.setViewportSize(sizes.laptop);
    await page.emulateMedia({ colorScheme: "light" });
    await open(page, address, place(found), title(found));
    await begin(page);
    const laptop = await violations(page);
    await page.setViewportSize(sizes.phone);
    await page.emulateMedia({ colorScheme: "dark" });
    const phone = await violations(page);
    expect({ name, laptop, phone, excess: await excess(page) }).toEqual({ name, laptop: [], phone: [], excess: 0 });
  }
  // The last of them, which lies over every page.
  await page.getByRole("dialog").getByRole("button", { name: "Go back now" }).click();
  await page.getByText("goes back by itself in").waitFor({ state: "detached" });
  await button(page, "Menu").click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize(sizes.laptop);
}
