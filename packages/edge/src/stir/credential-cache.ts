/** Certificates of signers that were fetched, judged once: most calls of a carrier are signed with the same one. */
import type { X509Certificate } from "node:crypto";
import type { Millis } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";
import type { Credential } from "./credential.ts";
import type { IdentityOutcome } from "./outcome.ts";

interface Kept {
  readonly found: Credential | IdentityOutcome;
  /** Judged by these authorities; a reload brings others. */
  readonly trust: readonly X509Certificate[];
  readonly until: Millis;
}

/** A token names the URL, so the number of them is a stranger's choice. */
const MAX_KEPT = 256;

export class CredentialCache {
  readonly #kept = new CappedMap<string, Kept>(MAX_KEPT);

  get size(): number {
    return this.#kept.size;
  }

  get(url: string, trust: readonly X509Certificate[], now: Millis): Credential | IdentityOutcome | undefined {
    const kept = this.#kept.get(url);
    if (kept === undefined) return undefined;
    if (kept.until > now && kept.trust === trust) return kept.found;
    this.#kept.delete(url);
    return undefined;
  }

  put(url: string, kept: Kept): void {
    this.#kept.set(url, kept);
  }
}
