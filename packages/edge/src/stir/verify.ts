/**
 * The verification service of RFC 8224 §6.2 as pure functions, in two halves: what the call alone can tell, and what needs
 * the signer's certificate. The cheap half comes first, so that a token that cannot hold makes nobody fetch anything.
 */
import { verify as verifySignature } from "node:crypto";
import { expandCompact, readSipDate } from "./compact-form.ts";
import type { Credential } from "./credential.ts";
import { type Identity, readIdentity } from "./identity-header.ts";
import type { IdentityOutcome } from "./outcome.ts";
import { type Passport, readPassport } from "./passport.ts";
import { mayClaim } from "./tn-auth-list.ts";

/** What the call says of itself. */
export interface CallFacts {
  /** Canonical digits of the caller as the PBX will see it; undefined: no number. */
  readonly caller: string | undefined;
  /** Canonical digits of To (§6.2 step 2: To, and not the Request-URI, which may have been retargeted). */
  readonly called: string | undefined;
  readonly date: string | undefined;
}

/** Tokens that a call may carry: one for itself, and one each time it was diverted or decorated. */
const MAX_IDENTITIES = 8;

/** §6.2 step 1: the token to be verified among those that came; other kinds are ignored. */
export function chooseIdentity(values: readonly string[]): Identity | IdentityOutcome {
  if (values.length === 0) return "absent";
  if (values.length > MAX_IDENTITIES) return "too-many";
  const read = values.map(readIdentity);
  const chosen =
    read.find((one) => one?.ppt === "shaken") ?? read.find((one) => one !== undefined && one.ppt === undefined);
  if (chosen !== undefined) return chosen;
  return read.includes(undefined) ? "unreadable" : "unsupported";
}

/** @param wall milliseconds since 1970 */
export function examine(
  identity: Identity,
  { caller, called, date }: CallFacts,
  wall: number,
  window: number,
): Passport | IdentityOutcome {
  const compact = identity.header === "";
  let whole = identity;
  if (compact) {
    const iat = date === undefined ? undefined : readSipDate(date);
    // RFC 8588 §4: what `shaken` claims cannot be told from the call.
    if (identity.ppt !== undefined || iat === undefined) return "unreadable";
    if (caller === undefined) return "caller-differs";
    if (called === undefined) return "called-differs";
    whole = expandCompact(identity, { orig: caller, dest: called, iat });
  }
  const passport = readPassport(whole);
  if (typeof passport === "string") return passport;
  if (passport.orig !== caller) return "caller-differs";
  if (called === undefined || !passport.dest.includes(called)) return "called-differs";
  return isStale(passport, wall, window) ? "stale" : passport;
}

/** §6.2 step 4: with the full form `iat` counts, and not the Date of whoever sent it on. */
export function isStale({ iat }: Passport, wall: number, window: number): boolean {
  return Math.abs(wall - iat * 1_000) > window;
}

/** §6.2 steps 3 to 5. */
export function verifyWith(credential: Credential, passport: Passport, wall: number): IdentityOutcome {
  const signedAt = passport.iat * 1_000;
  if (wall < credential.from || wall > credential.until) return "certificate-expired";
  if (signedAt < credential.from || signedAt > credential.until) return "certificate-expired";
  // RFC 8946 §3: who diverts a call speaks for the number that it was for.
  if (!mayClaim(credential.authority, passport.diverted ?? passport.orig)) return "certificate-number";
  const key = { key: credential.key, dsaEncoding: "ieee-p1363" } as const;
  const right = verifySignature("sha256", Buffer.from(passport.signingInput, "latin1"), key, passport.signature);
  return right ? "verified" : "signature";
}
