import { authenticate } from "./authentication.ts";
import { type Core, productName, tableLimit } from "./core.ts";
import type { Account } from "./pbx-data.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { hostPort, type NameAddr, parseNameAddr, type SipAddress, writeParams } from "./sip-address.ts";
import { type Header, header, headerList, readCount } from "./sip-message.ts";
import type { Flow } from "./transport.ts";

/** One registered device. `uri` is the Contact as we print it. */
export interface Registration {
  readonly user: string;
  readonly uri: string;
  readonly contact: SipAddress;
  readonly flow: Flow;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const defaultExpires = 3600;

/** Captured: `:5060` dropped, `;transport=tcp` added first on TCP, unknown parameters kept. */
function rewriteContact(contact: SipAddress, flow: Flow): string {
  const others = [...contact.params].filter(([name]) => name !== "transport");
  const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
  const user = contact.user === "" ? "" : `${contact.user}@`;
  return `${contact.scheme}:${user}${hostPort(contact.host, contact.port)}${transport}${writeParams(new Map(others))}`;
}

export class Registrar {
  readonly #byUser = new Map<string, Registration[]>();
  #count = 0;

  /** Devices of an extension that have not expired. */
  of(user: string, now = Date.now()): Registration[] {
    return (this.#byUser.get(user) ?? []).filter((r) => r.expiresAt > now && r.flow.open);
  }

  all(now = Date.now()): Registration[] {
    return [...this.#byUser.keys()].flatMap((user) => this.of(user, now));
  }

  #store(user: string, list: readonly Registration[]): void {
    this.#count += list.length - (this.#byUser.get(user)?.length ?? 0);
    if (list.length === 0) this.#byUser.delete(user);
    else this.#byUser.set(user, [...list]);
  }

  forget(): void {
    this.#byUser.clear();
    this.#count = 0;
  }

  receive(core: Core, tx: ServerTransaction): void {
    const account = authenticate(core, tx, "www");
    if (account === undefined) return;
    const aor = parseNameAddr(header(tx.request, "to") ?? "")?.uri.user;
    if (aor !== account.user) {
      tx.respond(403);
      return;
    }
    const values = headerList(tx.request, "contact");
    if (values[0] === "*") this.#store(account.user, []);
    else {
      const contacts = values.flatMap((value) => parseNameAddr(value) ?? []);
      const refusal = contacts.map((c) => this.#update(core, tx, account, c)).find((r) => r !== undefined);
      if (refusal !== undefined) {
        tx.respond(refusal.status, { headers: refusal.headers });
        return;
      }
    }
    tx.respond(200, { headers: this.#answer(core, tx, account) });
  }

  #answer(core: Core, tx: ServerTransaction, account: Account): Header[] {
    const contacts = this.of(account.user).map((r): Header => ["Contact", `"${account.user}"<${r.uri}>`]);
    const first = parseNameAddr(headerList(tx.request, "contact")[0] ?? "");
    const expires = granted(core, tx, first);
    return [...contacts, ["Server", productName], ["Expires", String(expires)]];
  }

  #update(core: Core, tx: ServerTransaction, account: Account, contact: NameAddr): Refusal | undefined {
    const expires = granted(core, tx, contact);
    const uri = rewriteContact(contact.uri, tx.flow);
    const same = (r: Registration) =>
      core.knobs.contactMatch === "uri" ? r.uri === uri : sameAddress(r.contact, contact.uri);
    const others = this.of(account.user).filter((r) => !same(r));
    if (expires === 0) {
      this.#store(account.user, others);
      return undefined;
    }
    if (expires < core.knobs.expiresMin)
      return { status: 423, headers: [["Min-Expires", String(core.knobs.expiresMin)]] };
    if (this.#count >= tableLimit) return { status: 503, headers: [] };
    const crowd = account.oneNumber ? others.length >= core.knobs.maxContacts : others.length > 0;
    if (crowd && (account.oneNumber || core.knobs.singleDevice === "reject")) {
      return { status: core.knobs.maxContactsStatus, headers: [] };
    }
    const expiresAt = Date.now() + expires * 1000;
    const made = { user: account.user, uri, contact: contact.uri, flow: tx.flow, expiresAt };
    this.#store(account.user, crowd ? [made] : [...others, made]);
    return undefined;
  }
}

interface Refusal {
  readonly status: number;
  readonly headers: readonly Header[];
}

const sameAddress = (a: SipAddress, b: SipAddress): boolean =>
  a.user === b.user && a.host === b.host && (a.port ?? 5060) === (b.port ?? 5060);

function granted(core: Core, tx: ServerTransaction, contact: NameAddr | undefined): number {
  const asked = contact?.params.get("expires") ?? header(tx.request, "expires");
  const seconds = asked === undefined ? defaultExpires : (readCount(asked) ?? defaultExpires);
  return Math.min(seconds, core.knobs.expiresMax);
}
