import type { PolicyConfig } from "./config/policy-config.ts";
import { plainNumber } from "./number/plain.ts";
import type { TargetUri } from "./policy.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const labelCharacters = `${letters}0123456789-.`;

/**
 * Is a Request-URI an emergency call? To, Route and every other header are left out on purpose: a forged
 * `To: <urn:service:sos>` on a call to a premium number must gain nothing. For the same reason a number is one only when
 * nothing else could be read into it: no parameter but a harmless phone-context.
 */
export function emergencyMatcher(config: PolicyConfig["emergency"]): (uri: TargetUri) => boolean {
  const numbers = new Set(config.numbers.map((number) => plainNumber(number) ?? number));
  const isNumber = (text: string): boolean => {
    const plain = text.length <= 64 ? plainNumber(text) : undefined;
    return plain !== undefined && numbers.has(plain) && harmlessParameters(text);
  };
  return ({ scheme, user, raw }) => {
    if (scheme === "sip" || scheme === "sips") return user !== undefined && isNumber(user);
    if (scheme === "tel") return isNumber(raw.slice("tel:".length));
    return scheme === "urn" && config.urns && isSosUrn(raw);
  };
}

/** RFC 5031 §4.2: urn:service:sos and labels below it, in any case; nothing behind it, no `?`, no `/`. */
function isSosUrn(raw: string): boolean {
  if (raw.length > 64) return false;
  const name = raw.toLowerCase();
  if (!name.startsWith("urn:service:sos")) return false;
  const rest = name.slice("urn:service:sos".length);
  if (rest === "") return true;
  if (!rest.startsWith(".") || rest.endsWith(".") || rest.includes("..")) return false;
  for (const character of rest) if (!labelCharacters.includes(character)) return false;
  return true;
}

/**
 * RFC 3966 §5.1.5: `112;phone-context=+49` and `;phone-context=example.com` are how phones mark a local number. A context
 * with more digits than a country code could be put together with the number into another one, so it is none of ours.
 */
function harmlessParameters(text: string): boolean {
  const at = text.indexOf(";");
  if (at < 0) return true;
  const parameter = text.slice(at + 1).toLowerCase();
  if (!parameter.startsWith("phone-context=")) return false;
  const context = parameter.slice("phone-context=".length);
  if (context.startsWith("+")) {
    const digits = plainNumber(context)?.length ?? 0;
    return digits >= 1 && digits <= 3 && digits === context.length - 1;
  }
  if (!letters.includes(context.charAt(0)) || context === "") return false;
  for (const character of context) if (!labelCharacters.includes(character)) return false;
  return true;
}
