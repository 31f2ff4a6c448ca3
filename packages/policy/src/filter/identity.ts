import type { Config, TrunkConfig } from "../config/config.ts";
import { didTable } from "../did-table.ts";
import type { SignalSubject } from "../subject.ts";
import { type Filter, needsIdentity, opensDialog, passes, rejects, type Step } from "./filter.ts";

/**
 * Who is this? A phone is the account that registered on the flow; a carrier is its address. Neither is what From says.
 *
 * An emergency call from a phone that is not registered passes, without an identity: registrations lapse when the PBX or the
 * power comes back, which is when somebody calls for help, and the PBX may still ask for a password. But a stranger can send
 * such calls too, and each occupies a person who answers emergencies. Hence a small number of them at one time.
 */
export function identityFilter({ trunks, policy }: Config): Filter {
  const phone = phoneIdentity(policy.emergency.unregisteredCalls);
  const carriers = new Map(trunks.map((trunk) => [trunk.name, trunkIdentity(trunk)]));
  const fromPbx = passes("identity", "the PBX");
  const unknownTrunk = rejects("identity", "unknown-trunk", "the source belongs to no trunk", "trunks[].from");
  const itsCall = passes("identity", "a trunk that a reload removed, within a call that goes on");
  return (subject, standing) => {
    if (subject.side === "core") return fromPbx;
    if (subject.side === "phone") return phone(subject, standing);
    const carrier = carriers.get(subject.trunk ?? "");
    if (carrier !== undefined) return carrier(subject);
    return subject.inDialog ? itsCall : unknownTrunk;
  };
}

function phoneIdentity(unregisteredCalls: number): Filter {
  const notNeeded = passes("identity", "the request needs no registration");
  const registered = passes("identity", "the account that registered on this flow");
  const anonymous = passes("identity", "an emergency call without identity: the phone is not registered");
  const key = "policy.emergency.unregistered_calls";
  const tooMany = rejects("identity", "emergency-unregistered-limit", "too many of these at one time", key);
  const stranger = rejects("identity", "not-registered", "no account is registered on this flow");
  return (subject, { emergency }) => {
    if (!needsIdentity(subject)) return notNeeded;
    if (subject.account !== undefined) return registered;
    if (!emergency) return stranger;
    // Zero refuses even where the count is not known; elsewhere an unknown count lets somebody in need through.
    const full = unregisteredCalls === 0 || subject.load.unregisteredEmergencies >= unregisteredCalls;
    return full ? tooMany : anonymous;
  };
}

function trunkIdentity(trunk: TrunkConfig): (subject: SignalSubject) => Step {
  const { did } = trunk.inbound;
  const delivers = didTable(did, trunk.numbers);
  const carrier = passes("identity", "the carrier, by its address");
  const foreign = rejects("identity", "number-not-served", "not a number of this trunk", "trunks[].inbound.did");
  return (subject) => {
    if (did.length === 0 || !opensDialog(subject)) return carrier;
    return delivers(subject.targetUser ?? "") ? carrier : foreign;
  };
}
