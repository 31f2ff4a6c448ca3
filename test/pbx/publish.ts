import { identifyCaller } from "./caller.ts";
import { type Core, tableLimit } from "./core.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { header, readCount } from "./sip-message.ts";
import { newTag } from "./timers.ts";

interface Publication {
  readonly user: string;
  readonly open: boolean;
  readonly expiresAt: number;
}

/** What extensions said of themselves with PUBLISH (RFC 3903), by entity tag. */
export class PublishedPresence {
  readonly #byTag = new Map<string, Publication>();

  /** Undefined: it never said. */
  of(user: string, now = Date.now()): boolean | undefined {
    const all = [...this.#byTag.values()].filter((p) => p.user === user && p.expiresAt > now);
    return all.at(-1)?.open;
  }

  get(tag: string, now = Date.now()): Publication | undefined {
    const found = this.#byTag.get(tag);
    return found !== undefined && found.expiresAt > now ? found : undefined;
  }

  replace(old: string | undefined, tag: string, publication: Publication | undefined): void {
    if (old !== undefined) this.#byTag.delete(old);
    if (publication !== undefined && this.#byTag.size < tableLimit) this.#byTag.set(tag, publication);
  }

  forget(): void {
    this.#byTag.clear();
  }
}

export function onPublish(core: Core, tx: ServerTransaction): void {
  const { request } = tx;
  if (!core.knobs.publish) {
    tx.respond(501, { reason: "Not Implemented" });
    return;
  }
  const caller = identifyCaller(core, tx);
  if (caller === undefined) return;
  if (header(request, "event")?.split(";")[0]?.trim() !== "presence") {
    tx.respond(489, { headers: [["Allow-Events", "presence"]] });
    return;
  }
  const old = header(request, "sip-if-match");
  const before = old === undefined ? undefined : core.published.get(old);
  if (old !== undefined && before === undefined) {
    tx.respond(412, { reason: "Conditional Request Failed" });
    return;
  }
  const asked = readCount(header(request, "expires") ?? "") ?? core.knobs.subscribeExpires;
  const expires = Math.min(asked, core.knobs.subscribeExpires);
  const { body } = request;
  const open = body.length === 0 ? (before?.open ?? true) : body.toString("latin1").includes("<basic>open");
  const tag = newTag();
  const publication = { user: caller.number, open, expiresAt: Date.now() + expires * 1000 };
  core.published.replace(old, tag, expires === 0 ? undefined : publication);
  tx.respond(200, {
    headers: [
      ["SIP-ETag", tag],
      ["Expires", String(expires)],
    ],
  });
}
