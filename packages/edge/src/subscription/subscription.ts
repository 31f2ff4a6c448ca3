/** Subscriptions as dialog pairs: the phone that watches on one side, the PBX that notifies on the other. */
import type { Deadline, Dialog, OutRequest, Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EventPackage } from "./document.ts";
import type { Place } from "./place.ts";

export interface SubscriptionLeg {
  readonly flow: Flow;
  readonly callId: string;
  readonly localTag: string;
  readonly contact: string;
  readonly binding: string | undefined;
  readonly account: string | undefined;
  dialog: Dialog | undefined;
}

export interface Subscription {
  readonly id: string;
  readonly event: EventPackage;
  /** The Event header of either side. */
  readonly eventValue: string;
  readonly near: SubscriptionLeg;
  readonly far: SubscriptionLeg;
  /** How documents are written for the watcher. */
  readonly place: Place;
  /** The SUBSCRIBE that made it, as sent: its 2xx and the first NOTIFY make the dialog, whichever comes first. */
  sent: OutRequest;
  timer: Deadline;
}

/** Subscriptions in all, and of one account: a console with a hundred lamps and three events has room. */
const MAX_SUBSCRIPTIONS = 50_000;
const MAX_OF_ACCOUNT = 256;

export interface FoundSubscription {
  readonly subscription: Subscription;
  readonly leg: SubscriptionLeg;
}

export class SubscriptionTable {
  readonly #byId = new Map<string, Subscription>();
  readonly #byTag = new Map<string, FoundSubscription>();
  readonly #ofAccount = new Map<string, number>();

  get size(): number {
    return this.#byId.size;
  }

  roomFor(account: string | undefined): boolean {
    return this.size < MAX_SUBSCRIPTIONS && (this.#ofAccount.get(account ?? "") ?? 0) < MAX_OF_ACCOUNT;
  }

  add(subscription: Subscription): void {
    this.#byId.set(subscription.id, subscription);
    for (const leg of [subscription.near, subscription.far]) this.#byTag.set(leg.localTag, { subscription, leg });
    const account = subscription.near.account ?? "";
    this.#ofAccount.set(account, (this.#ofAccount.get(account) ?? 0) + 1);
  }

  get(id: string): Subscription | undefined {
    return this.#byId.get(id);
  }

  remove(subscription: Subscription): void {
    if (!this.#byId.delete(subscription.id)) return;
    for (const leg of [subscription.near, subscription.far]) this.#byTag.delete(leg.localTag);
    const account = subscription.near.account ?? "";
    const left = (this.#ofAccount.get(account) ?? 0) - 1;
    if (left > 0) this.#ofAccount.set(account, left);
    else this.#ofAccount.delete(account);
  }

  /** RFC 6665 §4.1.2.4: the first NOTIFY may come before the 2xx, and then makes the dialog. */
  dialogOf(request: Request): FoundSubscription | undefined {
    const found = request.to.tag === undefined ? undefined : this.#byTag.get(request.to.tag);
    if (found === undefined || found.leg.callId !== request.callId || request.from.tag === undefined) return undefined;
    const { dialog } = found.leg;
    if (dialog === undefined) return request.method === "NOTIFY" ? found : undefined;
    return dialog.remoteTag === request.from.tag ? found : undefined;
  }
}
