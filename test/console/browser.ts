/** Debian's Chromium without a window, and what every page of the console is held to. */
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findProgram } from "../support/outside-program.ts";

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram("chromium-headless-shell") ?? "",
    // As root it has no sandbox of its own.
    args: ["--no-sandbox"],
  });
}

/** As wide as a laptop, and as a phone. */
export const sizes = { laptop: { width: 1_280, height: 860 }, phone: { width: 390, height: 844 } } as const;

/** A machine that is busy makes a test slower, not red. */
const patienceMs = 30_000;

export interface Watched {
  readonly page: Page;
  /** What the browser complained about: faults of scripts, and what the content security policy refused. */
  readonly complaints: string[];
  /** Hosts that were asked for anything. */
  readonly hosts: Set<string>;
}

export async function watchedPage(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const watched: Watched = { page, complaints: [], hosts: new Set() };
  page.on("pageerror", (error) => watched.complaints.push(String(error.stack)));
  page.on("dialog", (dialog) => {
    watched.complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // A refusal of the API is not a fault of the page.
    const refusal = message.text().startsWith("Failed to load resource: the server responded");
    if (message.type() === "error" && !refusal) watched.complaints.push(message.text());
  });
  page.on("request", (request) => watched.hosts.add(new URL(request.url()).host));
  return watched;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong with the page as it is now, each in a line. */
export async function violations(page: Page): Promise<readonly string[]> {
  // By the debugger: the content security policy lets no script in that is not the console's own.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const found: readonly Violation[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("  ")}`);
}

/** By how many pixels the page is wider than the window. */
export function excess(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
