/** Debian's Chromium without a window, in a party's namespace; its pages come from here and not from a server. */
import { chmodSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "rolldown";
import { findProgram } from "../../support/outside-program.ts";
import { writeToneWav } from "../../support/tone.ts";
import type { Laboratory, OutsideParty } from "./laboratory.ts";

/** The page's origin: what Ringfence has in `origins`. Nobody resolves it, for every request of a page is answered here. */
export const pageOrigin = "https://phone.example.com";

/** What every page says, in hertz. */
export const pageTone = 900;

export type Library = "jssip" | "sipjs";

const html = '<!doctype html><meta charset="utf-8"><script src="phone.js"></script>';

export class Chromium {
  readonly #browser: Browser;
  readonly #scripts = new Map<Library, Promise<string>>();

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @param pin SHA-256 of the public key that it takes for right, as `pin_sha256` has it: Chromium has no other authority here */
  static async start(laboratory: Laboratory, party: OutsideParty, pin: string): Promise<Chromium> {
    const [command, args] = laboratory.inside(party, findProgram("chromium-headless-shell") ?? "");
    const script = laboratory.path("chromium.sh");
    const microphone = laboratory.path("chromium.wav");
    writeToneWav(microphone, pageTone, 10);
    writeFileSync(script, `#!/bin/sh\nexec ${[command, ...args].join(" ")} "$@"\n`);
    chmodSync(script, 0o700);
    const browser = await chromium.launch({
      executablePath: script,
      args: [
        `--ignore-certificate-errors-spki-list=${pin}`,
        // A microphone that picks up a tone, and nobody asked whether it may be used, nor for a click before something plays.
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-audio-capture=${microphone}`,
        "--autoplay-policy=no-user-gesture-required",
        "--use-fake-ui-for-media-stream",
      ],
      env: { ...process.env, HOME: laboratory.folder },
    });
    return new Chromium(browser);
  }

  /** A page with nothing in common with the others; its script is not run yet. */
  async open(prepare: (page: Page) => Promise<void>, library: Library, origin = pageOrigin): Promise<Page> {
    const page = await this.#browser.newPage();
    const script = await this.#script(library);
    await page.route(`${origin}/**`, (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript", body: script })
        : route.fulfill({ contentType: "text/html", body: html }),
    );
    await prepare(page);
    await page.goto(`${origin}/`);
    return page;
  }

  #script(library: Library): Promise<string> {
    const made = this.#scripts.get(library) ?? bundle(library);
    this.#scripts.set(library, made);
    return made;
  }

  stop(): Promise<void> {
    return this.#browser.close();
  }
}

async function bundle(library: Library): Promise<string> {
  const input = fileURLToPath(new URL(`../browser/${library}-page.ts`, import.meta.url));
  const { output } = await build({ input, platform: "browser", write: false, output: { format: "iife" } });
  return output[0].code;
}
