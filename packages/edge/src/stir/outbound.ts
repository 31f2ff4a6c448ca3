/** A call from the PBX to a carrier that wants signed numbers (RFC 8224 §6.1, RFC 8588). */
import type { Attestation, StirSigning } from "@ringfence/policy";
import type { HeaderPair } from "../call/headers.ts";
import type { TrunkSettings } from "../settings.ts";
import { count, type EdgeState } from "../state.ts";
import type { Caller } from "../trunk/caller-headers.ts";
import { canonicalNumber } from "./canonical-number.ts";
import { formatSipDate } from "./compact-form.ts";
import { identityValue, uuidOf } from "./sign.ts";

export interface ToCarry {
  /** As the carrier is told. */
  readonly caller: Caller;
  /** Without the carrier's technical prefix. */
  readonly called: string | undefined;
  /** The PBX says that it forwards a call. */
  readonly forwarded: boolean;
  readonly emergency: boolean;
}

export interface Signed {
  readonly attest: Attestation;
  readonly headers: readonly HeaderPair[];
}

/** None where the trunk wants none, where there is no number to sign, and for emergency calls, which nobody refuses. */
export function signed(state: EdgeState, trunk: TrunkSettings, call: ToCarry): Signed | undefined {
  const { identity, numbers, name } = trunk.config;
  const { stir, config } = state.settings;
  const rules = config.stir.sign;
  if (!identity.sign || call.emergency || stir?.signer === undefined || rules === undefined) return undefined;
  // A caller who wants no number shown does not have it in a token either, unless the carrier is told it anyway.
  if (call.caller.user === undefined || (call.caller.private && numbers.callerId === "from")) return undefined;
  const orig = canonicalNumber(call.caller.user, numbers);
  const dest = call.called === undefined ? undefined : canonicalNumber(call.called, numbers);
  if (orig === undefined || dest === undefined) return undefined;
  const attest = attestationOf(rules, stir.owns(orig), call.forwarded);
  const iat = Math.floor((state.now + state.stir.wallOffset) / 1_000);
  const origid = uuidOf(state.random(16));
  count(state, { name: "identity_signatures", trunk: name, attest });
  return {
    attest,
    headers: [
      // §6.1 step 3: there is a Date where there is an Identity.
      ["Date", formatSipDate(iat)],
      ["Identity", identityValue(stir.signer, { attest, orig, dest, iat, origid })],
    ],
  };
}

/** RFC 8588 §4: full only for numbers that are ours; a call that comes from elsewhere is passed on, and no more. */
function attestationOf({ attest }: StirSigning, own: boolean, forwarded: boolean): Attestation {
  if (own) return attest.own;
  return forwarded ? attest.forwarded : attest.other;
}
