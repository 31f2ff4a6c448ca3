/**
 * ICE-lite for one component (RFC 8445 §2.5): we send no checks, answer the peer's, and its checks say where it is.
 * Candidates in its description are not read: who cannot make a check with our password is nobody.
 *
 *   waiting ── valid check ──► selected ── valid checks go on ──► selected
 *      │                          └─ none for 30 s ──► consent lost (RFC 7675 §5.1)
 *      └─ none for 30 s ──► no peer
 *
 * Consent ends for a peer that renewed it once. One of RFC 5245 is silent when it has nominated (§10: what keeps its pair alive
 * are indications, which prove nothing); like a peer without ICE it is gone when its media is.
 *
 * The order is security: shape, name, integrity, and only then is anything answered or remembered. What fails before
 * gets no answer, so that nobody learns whether a name exists, and no stranger is sent a packet.
 */
import type { Endpoint } from "../engine/engine.ts";
import type { IceCredentials } from "../transport/transport.ts";
import { bindingError, bindingSuccess, integrityHolds, readBindingRequest } from "./stun.ts";

/** RFC 7675 §5.1: consent holds that long. */
export const consentMs = 30_000;
/** Checks that come so long after the first are renewals: RFC 7675 §5.1 has one every 4 to 6 s. */
const renewalMs = 3_000;
/** A peer that moves stops naming the pair it left. Until it has been silent about it so long, a pair of lower priority does not replace it. */
const nominationHoldsMs = 3_000;

export interface CheckResult {
  /** To the source of the check, from the socket it came to. */
  readonly response: Uint8Array;
  /** Another source than before. */
  readonly select: Endpoint | undefined;
}

interface Selected {
  readonly source: Endpoint;
  heardAt: number;
  /** undefined: its checks are valid, and it is the best we know, but none said USE-CANDIDATE. */
  nominated: { readonly priority: number; readonly at: number } | undefined;
}

export class IceAgent {
  readonly #since: number;
  readonly #key: Uint8Array;
  /** RFC 8445 §7.2.2: theirs behind ours. */
  readonly #name: Buffer;
  #selected: Selected | undefined;
  #selectedAt = 0;
  #renews = false;

  /** @param now when the waiting begins */
  constructor(local: IceCredentials, remote: IceCredentials, now: number) {
    this.#key = Buffer.from(local.pwd);
    this.#name = Buffer.from(`${local.ufrag}:${remote.ufrag}`);
    this.#since = now;
  }

  get selected(): Endpoint | undefined {
    return this.#selected?.source;
  }

  /** When consent ends, or the wait for the first check; infinite: never. */
  get deadline(): number {
    if (this.#selected === undefined) return this.#since + consentMs;
    return this.#renews ? this.#selected.heardAt + consentMs : Number.POSITIVE_INFINITY;
  }

  /** undefined: not a check of our peer, and not answered. */
  onPacket(packet: Uint8Array, source: Endpoint, now: number): CheckResult | undefined {
    const request = readBindingRequest(packet);
    if (request === undefined || !this.#name.equals(request.username)) return undefined;
    if (!integrityHolds(request, this.#key)) return undefined;
    const { transaction, unknown } = request;
    if (unknown.length > 0) {
      return { response: bindingError(transaction, 420, unknown, this.#key), select: undefined };
    }
    // RFC 8445 §6.1.1: who is lite is controlled, whatever the tie-breakers say.
    if (request.controlled) return { response: bindingError(transaction, 487, [], this.#key), select: undefined };
    const select = this.#note(source, request.useCandidate ? request.priority : undefined, now);
    return { response: bindingSuccess(transaction, source, this.#key), select };
  }

  /** @param nomination the priority in a check with USE-CANDIDATE */
  #note(source: Endpoint, nomination: number | undefined, now: number): Endpoint | undefined {
    const current = this.#selected;
    const nominated = nomination === undefined ? undefined : { priority: nomination, at: now };
    if (current !== undefined && current.source.address === source.address && current.source.port === source.port) {
      current.heardAt = now;
      this.#renews ||= now - this.#selectedAt >= renewalMs;
      current.nominated = nominated ?? current.nominated;
      return undefined;
    }
    if (current !== undefined && !replaces(nominated, current, now)) return undefined;
    if (current === undefined) this.#selectedAt = now;
    this.#selected = { source, heardAt: now, nominated };
    return source;
  }
}

/** RFC 8445 §8.1.1: the last nomination counts. Peers that nominate every pair (RFC 5245 §8.1.1.2) mean the one of highest priority. */
function replaces(nominated: Selected["nominated"], current: Selected, now: number): boolean {
  if (nominated === undefined) return false;
  const before = current.nominated;
  return before === undefined || nominated.priority >= before.priority || now - before.at > nominationHoldsMs;
}
