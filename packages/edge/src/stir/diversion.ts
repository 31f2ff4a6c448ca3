/**
 * Calls that were forwarded on their way (RFC 8946): the caller's token names who was dialled, and each forwarding adds one
 * that says from whom to whom it went. Together they must lead from the caller's token to whom the call is for.
 */
import { type Identity, readIdentity } from "./identity-header.ts";
import type { IdentityOutcome } from "./outcome.ts";
import { type Passport, readPassport } from "./passport.ts";
import { type CallFacts, chooseIdentity, examine, isStale } from "./verify.ts";

/**
 * The tokens that are to be verified, the caller's first; more than one where the call was diverted.
 * @param values of the Identity header fields
 * @param wall milliseconds since 1970
 */
export function explain(
  values: readonly string[],
  facts: CallFacts,
  wall: number,
  window: number,
): readonly Passport[] | IdentityOutcome {
  const chosen = chooseIdentity(values);
  if (typeof chosen === "string") return chosen;
  const direct = examine(chosen, facts, wall, window);
  if (typeof direct !== "string") return [direct];
  if (direct !== "called-differs") return direct;
  const chain = chainFrom(chosen, values, facts.called);
  if (chain === undefined) return direct;
  return chain.some((passport) => isStale(passport, wall, window)) ? "stale" : chain;
}

function chainFrom(first: Identity, values: readonly string[], called: string | undefined): Passport[] | undefined {
  const passport = readPassport(first);
  if (called === undefined || typeof passport === "string") return undefined;
  const left = new Set(diversions(values, passport.orig));
  const chain = [passport];
  for (let at = passport; !at.dest.includes(called); ) {
    const { dest } = at;
    const next = [...left].find(({ diverted }) => diverted !== undefined && dest.includes(diverted));
    if (next === undefined) return undefined;
    left.delete(next);
    chain.push(next);
    at = next;
  }
  return chain;
}

/** §3: the caller stays the same. What cannot be read explains nothing. */
function diversions(values: readonly string[], orig: string): readonly Passport[] {
  return values.flatMap((value) => {
    const identity = readIdentity(value);
    const passport = identity?.ppt === "div" ? readPassport(identity) : undefined;
    return passport === undefined || typeof passport === "string" || passport.orig !== orig ? [] : [passport];
  });
}
