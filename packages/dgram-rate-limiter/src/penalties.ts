import { type Penalty, type PenaltyRule, PenaltyTable } from "./penalty-table.ts";
import { SourceKey } from "./source-key.ts";
import { TextKey } from "./text-key.ts";

/** What its source may have forged bans nobody: it makes the source suspect. */
export type Evidence = "proven" | "forgeable";
export type Standing = "free" | "suspect" | "banned";

/** What is held against whom, for people and for the store. */
export interface Ban extends Penalty {
  /** `source`: nobody new is heard from there. `suspect`: nobody new but who registers. `account`: locked for new places. */
  readonly kind: "source" | "suspect" | "account";
}

/** For ever about 4 MB, whoever comes. */
const slots = { sources: 16_384, networks: 4_096, suspects: 16_384, accounts: 4_096, pairs: 16_384, flows: 8_192 };

/** A /48 holds 65,536 sources: so many times what one of them may fail bans it whole. */
const networkFactor = 4;
/** No account is longer; what somebody invents may be. */
const maxAccount = 64;

/**
 * Who failed, and what follows. Three counts of wrong passwords, because each alone is a weapon in somebody's hands: of a source
 * for different accounts, so that one old password bans no office; of an account from different sources, which locks it for
 * new places only; and of an account at a place, which is answered there and nowhere else. And what a datagram from a forged
 * source can say bans nobody.
 */
export class Penalties {
  readonly #sources: PenaltyTable;
  readonly #networks: PenaltyTable;
  readonly #suspects: PenaltyTable;
  readonly #accounts: PenaltyTable;
  readonly #pairs: PenaltyTable;
  readonly #flows: PenaltyTable;
  readonly #source = new SourceKey();
  readonly #text: TextKey;

  /** @param seed 32 random bits */
  constructor(seed: number) {
    this.#sources = new PenaltyTable(slots.sources, seed);
    this.#networks = new PenaltyTable(slots.networks, seed);
    this.#suspects = new PenaltyTable(slots.suspects, seed);
    this.#accounts = new PenaltyTable(slots.accounts, seed);
    this.#pairs = new PenaltyTable(slots.pairs, seed);
    this.#flows = new PenaltyTable(slots.flows, seed);
    this.#text = new TextKey(seed);
  }

  standing(now: number, address: string): Standing {
    const key = this.#source;
    if (!key.read(address)) return "free";
    if (this.#sources.isBanned(now, key)) return "banned";
    if (this.#suspects.isBanned(now, key)) return "suspect";
    return key.widen() && this.#networks.isBanned(now, key) ? "banned" : "free";
  }

  /**
   * @param about failures about one thing, an account mostly, count once; undefined: each counts
   * @returns the ban that began with this failure
   */
  failed(
    now: number,
    address: string,
    evidence: Evidence,
    rule: PenaltyRule,
    reason: string,
    about?: string,
  ): Ban | undefined {
    const key = this.#source;
    if (!key.read(address)) return undefined;
    const name = this.#nameOf(about);
    if (evidence === "forgeable") return as("suspect", this.#suspects.fail(now, key, rule, name, reason));
    const source = as("source", this.#sources.fail(now, key, rule, name, reason));
    if (source !== undefined || !key.widen()) return source;
    const wide = { ...rule, max: rule.max * networkFactor };
    return as("source", this.#networks.fail(now, key, wide, name, reason));
  }

  /** A wrong password for it, from wherever. @returns the lock that began */
  failedAccount(now: number, account: string, address: string, rule: PenaltyRule, reason: string): Ban | undefined {
    const name = this.#nameOf(address);
    return as("account", this.#accounts.fail(now, this.#account(account), rule, name, reason));
  }

  isLocked(now: number, account: string): boolean {
    return this.#accounts.isBanned(now, this.#account(account));
  }

  /** A wrong password for the account at one place: an address, or the flow it is registered on. */
  failedAt(now: number, place: string, account: string, rule: PenaltyRule): void {
    this.#pairs.fail(now, this.#text.read(place, account), rule, 0, "");
  }

  isHeld(now: number, place: string, account: string): boolean {
    return this.#pairs.isBanned(now, this.#text.read(place, account));
  }

  /** The password was right: what went before were typing errors. */
  forgive(now: number, place: string, account: string): void {
    this.#pairs.lift(now, this.#text.read(place, account));
  }

  /** Somebody asks over one flow for account after account and proves none. True: it is not heard any more. */
  asked(now: number, flow: string, account: string, rule: PenaltyRule): boolean {
    const name = this.#nameOf(account);
    return this.#flows.fail(now, this.#text.read(flow), rule, name, "") !== undefined;
  }

  isSilenced(now: number, flow: string): boolean {
    return this.#flows.isBanned(now, this.#text.read(flow));
  }

  /** It proved one of them. */
  answered(now: number, flow: string): void {
    this.#flows.lift(now, this.#text.read(flow));
  }

  /** By hand, or from before a restart. Undefined: that is no address. */
  ban(now: number, { kind, label, ...ban }: Ban): Ban | undefined {
    if (kind === "account") return as(kind, this.#accounts.ban(now, this.#account(label), ban));
    const table = this.#tableFor(label, kind);
    return table && as(kind, table.ban(now, this.#source, ban));
  }

  /** Whatever is held against this address, network or account. False: nothing was. */
  lift(now: number, label: string): boolean {
    let found = this.#accounts.lift(now, this.#account(label));
    for (const kind of ["source", "suspect"] as const) {
      if (this.#tableFor(label, kind)?.lift(now, this.#source) === true) found = true;
    }
    return found;
  }

  bans(now: number): readonly Ban[] {
    const of = (table: PenaltyTable, kind: Ban["kind"]) => table.standing(now).map((penalty) => ({ ...penalty, kind }));
    return [
      ...of(this.#sources, "source"),
      ...of(this.#networks, "source"),
      ...of(this.#suspects, "suspect"),
      ...of(this.#accounts, "account"),
    ];
  }

  /** The table that knows this address, read into `#source`: `192.0.2.1`, `2001:db8::1`, or as `SourceKey.text` writes it. */
  #tableFor(label: string, kind: "source" | "suspect"): PenaltyTable | undefined {
    const slash = label.indexOf("/");
    if (!this.#source.read(slash < 0 ? label : label.slice(0, slash))) return undefined;
    if (kind === "suspect") return this.#suspects;
    if (!label.endsWith("/48")) return this.#sources;
    return this.#source.widen() ? this.#networks : undefined;
  }

  #account(name: string): TextKey {
    return this.#text.read(name.slice(0, maxAccount));
  }

  #nameOf(about: string | undefined): number {
    return about === undefined ? 0 : this.#text.read(about).low | 1;
  }
}

function as(kind: Ban["kind"], penalty: Penalty | undefined): Ban | undefined {
  return penalty && { ...penalty, kind };
}
