/** A phone in a page of Chromium: told what to do, judged by what its library says happened and by what its WebSocket carried. */
import { appendFileSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { eventually } from "../../support/eventually.ts";
import type { Heard } from "../browser/ears.ts";
import type { Command, Happening } from "../browser/page-phone.ts";
import { type Chromium, type Library, pageOrigin } from "./chromium.ts";
import { addresses, type Laboratory } from "./laboratory.ts";
import { passwords } from "./pbx.ts";

export interface Happened {
  readonly what: Happening;
  readonly detail: string;
}

export interface BrowserPhoneSettings {
  readonly library: Library;
  readonly user: keyof typeof passwords;
  readonly password?: string;
  readonly origin?: string;
  readonly keying?: "sdes" | "dtls";
}

export class BrowserPhone {
  readonly #page: Page;
  readonly #all: readonly Happened[];
  /** Every frame in the order it crossed: what went out begins with ">", what came in with "<". */
  readonly trace: readonly string[];
  #seen = 0;

  private constructor(page: Page, all: readonly Happened[], trace: readonly string[]) {
    this.#page = page;
    this.#all = all;
    this.trace = trace;
  }

  /** The page is there and its phone is told to start; nothing is waited for. */
  static async open(
    laboratory: Laboratory,
    chromium: Chromium,
    name: string,
    { library, user, password, origin = pageOrigin, keying = "sdes" }: BrowserPhoneSettings,
  ): Promise<BrowserPhone> {
    const all: Happened[] = [];
    const trace: string[] = [];
    const log = laboratory.path(`${name}.log`);
    writeFileSync(log, "");
    const keep = (line: string): void => appendFileSync(log, `${line}\n`);
    const carried = (mark: string, payload: string | Buffer): void => {
      trace.push(`${mark}${payload}`);
      keep(`${mark} ${payload}`);
    };
    const prepare = async (page: Page): Promise<void> => {
      // It goes on by itself, until `advance`.
      await page.clock.install();
      page.on("console", (message) => keep(`console: ${message.text()}`));
      page.on("pageerror", (error) => keep(`error: ${error.stack}`));
      page.on("websocket", (socket) => {
        socket.on("framesent", ({ payload }) => carried(">", payload));
        socket.on("framereceived", ({ payload }) => carried("<", payload));
        socket.on("socketerror", (text) => keep(`socket: ${text}`));
      });
      await page.exposeFunction("happened", (what: Happening, detail: string) => {
        all.push({ what, detail });
        keep(`happened: ${what} ${detail}`);
      });
    };
    const phone = new BrowserPhone(await chromium.open(prepare, library, origin), all, trace);
    const settings = {
      server: `wss://${addresses.ringfenceOutside}:8443/`,
      domain: "pbx.example.com",
      user,
      keying,
      password: password ?? passwords[user],
    };
    await phone.tell({ do: "start", settings });
    return phone;
  }

  static async registered(...args: Parameters<typeof BrowserPhone.open>): Promise<BrowserPhone> {
    const phone = await BrowserPhone.open(...args);
    await phone.sees("registered");
    return phone;
  }

  tell(command: Command): Promise<void> {
    return this.#page.evaluate((told) => globalThis.tell(told), command);
  }

  /** The page's timers, and no others, find that so much time has passed. */
  advance(seconds: number): Promise<void> {
    return this.#page.clock.fastForward(seconds * 1_000);
  }

  /** What it plays at this moment. */
  hears(): Promise<Heard> {
    return this.#page.evaluate(() => globalThis.heard());
  }

  /** Since the last `forget`. */
  get happened(): readonly Happened[] {
    return this.#all.slice(this.#seen);
  }

  /** What happened before belongs to another scenario. */
  forget(): void {
    this.#seen = this.#all.length;
  }

  /** @returns its detail. @param count how many there are to be since the last `forget` */
  async sees(what: Happening, count = 1): Promise<string> {
    const look = (): Happened | undefined => this.happened.filter((one) => one.what === what)[count - 1];
    const seen = await eventually(`${what} number ${count}`, look).catch((cause: Error) => {
      throw new Error(`${cause.message}; it saw ${JSON.stringify(this.happened)}`);
    });
    return seen.detail;
  }

  /** The browser takes the page away without asking it. */
  close(): Promise<void> {
    return this.#page.close();
  }
}
