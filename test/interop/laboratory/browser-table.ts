/** A browser, a desk phone if wanted, Ringfence and the PBX stand-in: what the files about phones in browsers begin with. */
import { expect } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { BrowserPhone, type BrowserPhoneSettings } from "./browser-phone.ts";
import { browserSite, type PageKeying } from "./browser-site.ts";
import { Chromium } from "./chromium.ts";
import { extension, plain, type Way } from "./extensions.ts";
import { Laboratory } from "./laboratory.ts";
import { Pbx } from "./pbx.ts";
import { Phone } from "./phone.ts";
import { Ringfence } from "./ringfence.ts";

export class BrowserTable {
  readonly laboratory: Laboratory;
  readonly pbx: Pbx;
  readonly chromium: Chromium;
  ringfence: Ringfence;
  readonly #config: string;
  readonly #phones: (BrowserPhone | Phone)[] = [];

  private constructor(parts: Pick<BrowserTable, "laboratory" | "pbx" | "chromium" | "ringfence">, config: string) {
    this.laboratory = parts.laboratory;
    this.pbx = parts.pbx;
    this.chromium = parts.chromium;
    this.ringfence = parts.ringfence;
    this.#config = config;
  }

  /** @param name of the laboratory's folder. @param phones more of that section. @param knobs of the PBX stand-in */
  static async open(
    name: string,
    phones = "",
    knobs: Readonly<Record<string, string>> = {},
    keying: PageKeying = "sdes",
  ): Promise<BrowserTable> {
    const laboratory = Laboratory.open(name);
    const site = await browserSite(laboratory, phones, keying);
    const [pbx, chromium] = await Promise.all([
      Pbx.start(laboratory, knobs),
      Chromium.start(laboratory, "phone", site.pin),
    ]);
    const ringfence = await Ringfence.start(laboratory, site.config);
    return new BrowserTable({ laboratory, pbx, chromium, ringfence }, site.config);
  }

  /** 1002 on UDP, if nothing else is said; it answers when told. */
  async deskPhone(user: "1002" | "1003" = "1002", way: Way = plain): Promise<Phone> {
    const desk = await Phone.start(this.laboratory, `desk-${user}`, extension(user, { ...way, answers: "when-told" }));
    this.#phones.push(desk);
    return desk;
  }

  /** A page whose phone was told to start; nothing is waited for. */
  async page(name: string, settings: BrowserPhoneSettings): Promise<BrowserPhone> {
    const phone = await BrowserPhone.open(this.laboratory, this.chromium, name, settings);
    this.#phones.push(phone);
    return phone;
  }

  async registered(name: string, settings: BrowserPhoneSettings): Promise<BrowserPhone> {
    const phone = await this.page(name, settings);
    await phone.sees("registered");
    return phone;
  }

  /** What happened before belongs to another scenario. */
  forget(): void {
    for (const phone of this.#phones) phone.forget();
  }

  /** The PBX has no call any more: cheap, between two scenarios. */
  async callsAreOver(): Promise<void> {
    await eventually("the PBX to have no call", async () => (await this.pbx.state()).calls.length === 0);
  }

  async nothingIsLeft(): Promise<void> {
    await this.ringfence.until(
      "the call to be gone",
      ({ calls, media }) => calls + media.calls + media.portsInUse === 0,
    );
    expect((await this.pbx.state()).calls).toEqual([]);
  }

  async restartRingfence(): Promise<void> {
    await this.ringfence.stop();
    this.ringfence = await Ringfence.start(this.laboratory, this.#config);
  }

  async close(): Promise<void> {
    await this.chromium.stop();
    await this.laboratory.close();
  }
}
