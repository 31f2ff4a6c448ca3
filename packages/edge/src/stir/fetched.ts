/** A certificate that was asked for is here, or will not come: the calls that wait for it go on. */
import type { Millis } from "@ringfence/sip";
import type { Call } from "../call/call.ts";
import { count, type EdgeState, tell } from "../state.ts";
import { type Credential, readCredential } from "./credential.ts";
import type { CredentialAnswer } from "./credential-place.ts";
import { resume, trustOf } from "./inbound.ts";
import type { IdentityOutcome } from "./outcome.ts";

/** Without a word from the server (RFC 9111 §5.2.2.1), and at most. */
const KEPT = 3_600_000;
const LEAST_KEPT = 60_000;
const LONGEST_KEPT = 86_400_000;
/** One that could not be had, or does not count, is asked for again after this: not by every call. */
const FAILURE_KEPT = 10_000;

/** @returns the calls that waited, for which something else may have come meanwhile */
export function onCredential(state: EdgeState, now: Millis, url: string, answer: CredentialAnswer): readonly Call[] {
  const asked = state.stir.fetching.get(url);
  // Too late: the calls have gone on without it.
  if (asked === undefined) return [];
  state.deadlines.disarm(asked.timer);
  count(state, { name: "credential_fetches", result: answer.ok ? "fetched" : answer.why });
  if (!answer.ok) {
    const detail = `${url}: ${answer.detail}`;
    tell(state, { event: "identity", level: "warn", reason: failures[answer.why], detail });
  }
  const trust = trustOf(state);
  const found = answer.ok ? readCredential(answer.pem, trust) : failures[answer.why];
  const good = answer.ok && typeof found !== "string";
  const age = good ? Math.min(Math.max(answer.maxAgeMs ?? KEPT, LEAST_KEPT), LONGEST_KEPT) : FAILURE_KEPT;
  state.stir.credentials.put(url, { found, trust, until: now + age });
  return goOn(state, now, url, asked.calls, found);
}

export function onCredentialTimer(state: EdgeState, now: Millis, url: string): readonly Call[] {
  const asked = state.stir.fetching.get(url);
  if (asked === undefined) return [];
  const found = failures.unreachable;
  count(state, { name: "credential_fetches", result: "unreachable" });
  tell(state, { event: "identity", level: "warn", reason: found, detail: `${url}: no answer in time` });
  state.stir.credentials.put(url, { found, trust: trustOf(state), until: now + FAILURE_KEPT });
  return goOn(state, now, url, asked.calls, found);
}

const failures = { refused: "x5u-refused", unreachable: "x5u-unreachable" } as const;

function goOn(
  state: EdgeState,
  now: Millis,
  url: string,
  ids: readonly string[],
  found: Credential | IdentityOutcome,
): readonly Call[] {
  state.stir.fetching.delete(url);
  return ids.flatMap((id) => {
    const call = state.calls.get(id);
    return call !== undefined && resume(state, now, call, found) ? [call] : [];
  });
}
