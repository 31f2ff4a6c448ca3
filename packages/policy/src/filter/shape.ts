import type { TargetUri } from "../policy.ts";
import type { SignalSubject } from "../subject.ts";
import { type Filter, passes, rejects, type Step } from "./filter.ts";

/** Three times the largest INVITE that phones with ICE candidates and twenty codecs send. */
const maxSize = 32_768;
/** Real requests have 15 to 40. */
const maxHeaders = 128;
/** E.164 has 15 digits; names, short codes and parameters need some more. */
const maxUser = 128;

/**
 * RFC 3261 §25.1 `user`, with # for service codes, escapes undone. `%` is missing on purpose: what is left of it after
 * undoing escapes was escaped twice, which is how a number is carried past a rule. So is everything outside ASCII, where
 * other alphabets have digits of their own.
 */
const userCharacters = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,;?/#") {
  userCharacters[character.charCodeAt(0)] = 1;
}

function isPlainUser(user: string): boolean {
  for (let i = 0; i < user.length; i++) if (userCharacters[user.charCodeAt(i)] !== 1) return false;
  return true;
}

function served(subject: SignalSubject, isEmergency: (uri: TargetUri) => boolean): boolean {
  const scheme = subject.targetScheme;
  if (scheme === "sip" || scheme === "sips" || scheme === "tel") return true;
  return subject.method === "INVITE" && isEmergency({ scheme, user: subject.targetUser, raw: subject.targetRaw });
}

/** Before the method is looked at: what has no decent shape is not worth more. Emergency calls have a decent shape. */
export function shapeFilter(isEmergency: (uri: TargetUri) => boolean): Filter {
  const fine = passes("shape", "size, header count and Request-URI are in bounds");
  const tooLarge = rejects("shape", "message-too-large", `more than ${maxSize} octets`);
  const tooMany = rejects("shape", "too-many-headers", `more than ${maxHeaders} header fields`);
  const tooLong = rejects("shape", "target-too-long", `more than ${maxUser} characters before the @`);
  const strange = rejects("shape", "target-characters", "characters that no number or name has");
  const scheme = rejects(
    "shape",
    "target-scheme",
    "not sip:, sips:, tel: or an emergency urn",
    "policy.emergency.urns",
  );
  const refused = (user: string | undefined): Step | undefined => {
    if (user === undefined) return undefined;
    if (user.length > maxUser) return tooLong;
    return isPlainUser(user) ? undefined : strange;
  };
  return (subject): Step => {
    // Written so that a figure that is not a number refuses.
    if (!(subject.size <= maxSize)) return tooLarge;
    if (!(subject.headerCount <= maxHeaders)) return tooMany;
    if (!served(subject, isEmergency)) return scheme;
    return refused(subject.targetUser) ?? refused(subject.number?.dialled) ?? fine;
  };
}
