/** The only part of Ringfence with a privilege: it carries out a closed set of orders, one after the other, and not too many of them. */
import { banSets } from "./ban-place.ts";
import { addScript, readBans, readRules, removeScript, table } from "./nft-text.ts";
import { type FirewallAnswer, type Order, readOrder } from "./protocol.ts";

/** Never rejects. @param input given to it on its standard input */
export type RunNft = (args: readonly string[], input: string) => Promise<NftResult>;
export type NftResult = { readonly ok: true; readonly out: string } | { readonly ok: false; readonly detail: string };

/** Enough to put back all bans of a full table at once, and for ever after ten a second. */
const burst = 200;
const perSecond = 10;
/** Orders that wait for the one being carried out. */
const mostWaiting = 64;

export class FirewallHelper {
  readonly #nft: RunNft;
  readonly #rules: string;
  readonly #now: () => number;
  #credit = burst;
  #creditAt: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param rules path of the ruleset. @param now monotonic milliseconds */
  constructor(nft: RunNft, rules: string, now: () => number) {
    this.#nft = nft;
    this.#rules = rules;
    this.#now = now;
    this.#creditAt = now();
  }

  /** @param line a request as it came. Never rejects */
  answer(line: string): Promise<FirewallAnswer> {
    const order = readOrder(line);
    if (order === undefined) return Promise.resolve({ ok: false, reason: "bad-request", detail: "no such order" });
    if (!this.#takes()) return Promise.resolve({ ok: false, reason: "too-fast", detail: "ask again in a second" });
    this.#waiting++;
    const done = this.#last.then(() => this.#carryOut(order));
    this.#last = done.then(() => this.#waiting--);
    return done;
  }

  /** The ruleset, as at the start. */
  load(): Promise<NftResult> {
    return this.#nft(["-f", this.#rules], "");
  }

  async #carryOut(order: Order): Promise<FirewallAnswer> {
    switch (order.do) {
      case "add":
        return plain(await this.#nft(["-f", "-"], addScript(order.bans)));
      case "remove":
        return plain(await this.#nft(["-f", "-"], removeScript(order.bans)));
      case "load":
        return plain(await this.load());
      case "counters":
        return this.#counters();
      case "list":
        return this.#list();
    }
  }

  async #counters(): Promise<FirewallAnswer> {
    const listed = await this.#nft(["-j", "list", "counters", "table", ...table.split(" ")], "");
    const rules = listed.ok ? readRules(listed.out) : undefined;
    // A table that is not there has no counters, and `nft` says nothing of it.
    if (rules?.madeFrom !== undefined) return { ok: true, rules };
    return listed.ok ? { ok: false, reason: "no-rules", detail: `there is no table ${table} of ours` } : plain(listed);
  }

  async #list(): Promise<FirewallAnswer> {
    const counters = await this.#counters();
    if (!counters.ok) return counters;
    const bans: NonNullable<ReturnType<typeof readBans>>[number][] = [];
    for (const set of banSets) {
      const listed = await this.#nft(["-j", "list", "set", ...table.split(" "), set], "");
      if (!listed.ok) return plain(listed);
      const found = readBans(set, listed.out);
      if (found === undefined) return { ok: false, reason: "nft", detail: `the list of ${set} cannot be read` };
      bans.push(...found);
    }
    return { ...counters, bans };
  }

  #takes(): boolean {
    const now = this.#now();
    this.#credit = Math.min(burst, this.#credit + ((now - this.#creditAt) * perSecond) / 1_000);
    this.#creditAt = now;
    if (this.#credit < 1 || this.#waiting >= mostWaiting) return false;
    this.#credit--;
    return true;
  }
}

function plain(result: NftResult): FirewallAnswer {
  if (result.ok) return { ok: true };
  const gone = result.detail.includes("No such file or directory");
  return { ok: false, reason: gone ? "no-rules" : "nft", detail: result.detail };
}
