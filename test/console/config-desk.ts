/** What an administrator does with the configuration in the console, by keyboard. */
import type { Page } from "playwright-core";
import { open, press, reach } from "./console-user.ts";

/** Completed as it is typed, refused with its line, mended, put in force on trial, and kept. */
export async function writeConfig(page: Page, address: string): Promise<void> {
  await open(page, address, "config", "Configuration");
  const text = page.getByRole("textbox", { name: "Text of" });
  await reach(page, text);
  await page.keyboard.press("Control+End");
  await page.keyboard.type("lo");
  await page.getByRole("option", { name: "logs" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type(" { level: lout }");
  await page.getByText("lout does not belong here").waitFor();
  await press(page, "Check");
  await page.getByText("This would be refused.").waitFor();
  await page.getByRole("row", { name: "logs.level" }).waitFor();
  await reach(page, text);
  await page.keyboard.press("Control+End");
  for (let back = 0; back < "lout }".length; back++) await page.keyboard.press("Backspace");
  await page.keyboard.type("warn }\n");
  await press(page, "What would change");
  await page.getByRole("region", { name: "What would change" }).getByText("logs").waitFor();
  await press(page, "Put in force");
  await page.getByRole("dialog").getByRole("button", { name: "Put in force" }).press("Enter");
  await page.getByText("Generation 2 goes back by itself in").waitFor();
  await press(page, "Keep it");
  await page.getByText("Generation 2 goes back by itself in").waitFor({ state: "detached" });
}

/** From what is in force to what was before it: looked up, compared, confirmed. It is in force then, the file is not, and the audit log has it. */
export async function goBack(page: Page, address: string): Promise<void> {
  await open(page, address, "config/history", "Configuration");
  const row = (name: string) => page.getByRole("row", { name });
  await row("Generation 2").getByText("in force").waitFor();
  await reach(page, page.getByRole("link", { name: "Generation 1" }));
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Text of generation 1" }).waitFor();
  await press(page, "What would change");
  await page.getByRole("region", { name: "What going back would change" }).getByText("logs").waitFor();
  await press(page, "Go back to this");
  const dialog = page.getByRole("dialog", { name: "Put generation 1 in force again?" });
  await dialog.getByRole("button", { name: "Go back to this" }).press("Enter");
  await page.getByText("Done: it is in force as generation 3.").waitFor();
  await page.getByRole("link", { name: "History" }).click();
  await row("Generation 3").getByText("in force").waitFor();
  await page.getByRole("link", { name: "The file" }).click();
  await page.getByText("The file on the disk is not what is in force.").waitFor();
  await open(page, address, "audit", "Audit log");
  await row("rollback").getByText("to=1").waitFor();
}
