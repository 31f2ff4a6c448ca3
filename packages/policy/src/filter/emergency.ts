import type { TargetUri } from "../policy.ts";
import { type Filter, opensDialog, passes } from "./filter.ts";

/**
 * Marks emergency calls, so that the rules behind let them by. From phones, and from the PBX on their way to a carrier. Not
 * from a carrier: nobody in need dials 112 there to reach us, so it could only be a way around the limits.
 */
export function emergencyFilter(isEmergency: (uri: TargetUri) => boolean): Filter {
  const marked = passes("emergency", "an emergency call: no limit applies", "emergency");
  const ordinary = passes("emergency", "not an emergency call");
  return (subject) => {
    if (!opensDialog(subject) || subject.side === "trunk") return ordinary;
    const { targetScheme: scheme, targetUser: user, targetRaw: raw } = subject;
    return isEmergency({ scheme, user, raw }) ? marked : ordinary;
  };
}
