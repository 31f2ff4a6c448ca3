import { identifyCaller } from "./caller.ts";
import { type Core, tableLimit } from "./core.ts";
import { bodyTypes, dialogsByExtension, type EventName, isEventName } from "./event-state.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { parseUri, tagOf } from "./sip-address.ts";
import { cseqOf, type Header, header, readCount } from "./sip-message.ts";
import { Subscription } from "./subscription.ts";
import type { Timers } from "./timers.ts";

/** SUBSCRIBE and who gets a NOTIFY. Anybody who may call may watch any extension. */
export class Subscriptions {
  readonly #live = new Map<string, Subscription>();
  readonly #timers: Timers;
  #core: Core | undefined;
  #scheduled = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#live.size;
  }

  forget(): void {
    this.#live.clear();
    this.#scheduled = false;
  }

  receive(core: Core, tx: ServerTransaction): void {
    this.#core = core;
    if (tagOf(header(tx.request, "to")) === undefined) this.#begin(core, tx);
    else this.#refresh(core, tx);
  }

  #begin(core: Core, tx: ServerTransaction): void {
    const event = header(tx.request, "event")?.split(";")[0]?.trim() ?? "";
    if (!core.knobs.subscribe || !isEventName(event)) {
      const allow: Header[] = core.knobs.subscribe ? [["Allow-Events", Object.keys(bodyTypes).join(", ")]] : [];
      tx.respond(489, { headers: allow });
      return;
    }
    if (identifyCaller(core, tx) === undefined) return;
    const user = parseUri(tx.request.uri)?.user ?? "";
    if (!core.data.accounts.has(user)) tx.respond(404);
    else if (this.#live.size >= tableLimit) tx.respond(503);
    else this.#accept(core, tx, event, user);
  }

  #accept(core: Core, tx: ServerTransaction, event: EventName, user: string): void {
    const made: Subscription = new Subscription(core, tx, event, user, () => this.#drop(made));
    this.#live.set(made.key, made);
    this.#grant(core, made, tx);
  }

  #refresh(core: Core, tx: ServerTransaction): void {
    const known = this.#live.get(`${header(tx.request, "call-id")} ${tagOf(header(tx.request, "to"))}`);
    if (known === undefined || !known.isFrom(tx)) {
      tx.respond(481);
      return;
    }
    const { number } = cseqOf(tx.request);
    if (number < known.remoteSeq) {
      tx.respond(500, { reason: "Server Internal Error" });
      return;
    }
    known.remoteSeq = number;
    known.follow(tx);
    this.#grant(core, known, tx);
  }

  #grant(core: Core, subscription: Subscription, tx: ServerTransaction): void {
    const { subscribeExpires } = core.knobs;
    const asked = readCount(header(tx.request, "expires") ?? "") ?? subscribeExpires;
    const seconds = Math.min(asked, subscribeExpires);
    tx.respond(200, {
      headers: [
        ["Contact", subscription.contact],
        ["Expires", String(seconds)],
      ],
    });
    subscription.stopExpiry();
    const dialogs = dialogsByExtension(core).get(subscription.user) ?? [];
    if (seconds === 0) {
      this.#drop(subscription);
      subscription.notify(dialogs, "terminated;reason=timeout", true);
      return;
    }
    subscription.stopExpiry = core.timers.after(seconds * 1000, () => {
      this.#drop(subscription);
      subscription.notify(dialogsByExtension(core).get(subscription.user) ?? [], "terminated;reason=timeout", true);
    });
    subscription.notify(dialogs, `active;expires=${seconds}`, true);
  }

  #drop(subscription: Subscription): void {
    subscription.stopExpiry();
    if (this.#live.get(subscription.key) === subscription) this.#live.delete(subscription.key);
  }

  /** Something happened: who watches it is told, once for all that happens in one turn. */
  changed(): void {
    if (this.#live.size === 0 || this.#scheduled) return;
    this.#scheduled = true;
    this.#timers.after(0, () => {
      this.#scheduled = false;
      const core = this.#core;
      if (core === undefined) return;
      const dialogs = dialogsByExtension(core);
      for (const one of [...this.#live.values()]) one.notify(dialogs.get(one.user) ?? [], "active", false);
    });
  }
}
