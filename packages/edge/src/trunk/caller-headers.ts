/**
 * Who calls and who forwarded, between PBX and carrier: read from the headers that the trunk's configuration names, written
 * anew. Of phones only the wish for privacy is used: who they claim to be is not looked at (threat L7).
 */

import type { TrunkNumbers } from "@ringfence/policy";
import { formatNameAddr, type NameAddr, parseNameAddrList, type Request, sipUri } from "@ringfence/sip";
import type { HeaderPair } from "../call/headers.ts";
import { userOf as userPart } from "../egress.ts";
import { withoutParameters } from "./numbers.ts";

export interface Caller {
  /** User part or number; undefined when nobody said. */
  readonly user: string | undefined;
  readonly displayName: string | undefined;
  /** The number is for the network and not for the callee (RFC 3325 §9.3). */
  readonly private: boolean;
}

/** Values of one header that are looked at. */
const MAX_VALUES = 4;
const MAX_DIVERSIONS = 3;

/** Why a call was forwarded (RFC 5806 §4): anything else is `unknown`. */
const diversionReasons: ReadonlySet<string> = new Set([
  "unknown",
  "user-busy",
  "no-answer",
  "unavailable",
  "unconditional",
  "time-of-day",
  "do-not-disturb",
  "deflection",
  "follow-me",
  "out-of-service",
  "away",
]);

/** Both sides are trusted here: the carrier by its address, the PBX by its socket. */
export function callerOf(request: Request, form: TrunkNumbers["callerId"]): Caller {
  const fromUser = userOf(request.from.uri);
  const shown = fromUser === undefined || fromUser.toLowerCase() === "anonymous" ? undefined : fromUser;
  const asserted = form === "from" ? undefined : assertedBy(request, form);
  return {
    user: asserted === undefined ? shown : userOf(asserted.uri),
    displayName: (shown === undefined ? undefined : request.from.displayName) ?? asserted?.displayName,
    private: shown === undefined || wantsPrivacy(request) || asserted?.params.some(isFullPrivacy) === true,
  };
}

function assertedBy(request: Request, form: "pai" | "rpid"): NameAddr | undefined {
  const name = form === "pai" ? "P-Asserted-Identity" : "Remote-Party-ID";
  const values = parseNameAddrList(request.headers.all(name), MAX_VALUES) ?? [];
  const calling = form === "pai" ? values : values.filter((v) => (paramOf(v, "party") ?? "calling") === "calling");
  return calling.find(({ uri }) => userOf(uri) !== undefined);
}

/** The wish of a phone not to be named, for the PBX to heed: who it is stays in From, which is ours (threat L7). */
export function privacyHeaders(request: Request): readonly HeaderPair[] {
  return wantsPrivacy(request) ? [["Privacy", "id"]] : [];
}

/** RFC 3323 §4.2, RFC 3325 §9.3: any of the privacy types that hide who calls. */
function wantsPrivacy(request: Request): boolean {
  const words = request.headers.all("Privacy").flatMap((value) => value.toLowerCase().replaceAll(",", ";").split(";"));
  return words.map((word) => word.trim()).some((word) => word === "id" || word === "user" || word === "full");
}

function isFullPrivacy({ name, value }: { readonly name: string; readonly value: string | undefined }): boolean {
  return name === "privacy" && value?.toLowerCase() === "full";
}

/** The identity as the next hop gets it, at a host of ours. */
export function callerHeaders(caller: Caller, form: TrunkNumbers["callerId"], host: string): readonly HeaderPair[] {
  const hidden: readonly HeaderPair[] = caller.private ? [["Privacy", "id"]] : [];
  if (caller.user === undefined || form === "from") return caller.private && form !== "from" ? hidden : [];
  const uri = sipUri({ user: caller.user, host });
  if (form === "pai") return [["P-Asserted-Identity", formatNameAddr({ uri })], ...hidden];
  const params = [
    { name: "party", value: "calling" },
    { name: "screen", value: "yes" },
    { name: "privacy", value: caller.private ? "full" : "off" },
  ];
  return [["Remote-Party-ID", formatNameAddr({ uri, params })], ...hidden];
}

/** Who forwarded, the last first: user part and reason only. */
export function diversionHeaders(
  request: Request,
  host: string,
  write: (user: string) => string,
): readonly HeaderPair[] {
  const values = parseNameAddrList(request.headers.all("Diversion").slice(0, MAX_DIVERSIONS), MAX_DIVERSIONS) ?? [];
  return values.flatMap((value): readonly HeaderPair[] => {
    const user = userOf(value.uri);
    if (user === undefined) return [];
    const named = paramOf(value, "reason")?.toLowerCase() ?? "";
    const reason = diversionReasons.has(named) ? named : "unknown";
    const params = [{ name: "reason", value: reason }];
    return [["Diversion", formatNameAddr({ uri: sipUri({ user: write(user), host }), params })]];
  });
}

function userOf(uri: Request["requestUri"]): string | undefined {
  const user = userPart(uri);
  return user === undefined ? undefined : withoutParameters(user);
}

function paramOf({ params }: NameAddr, name: string): string | undefined {
  return params.find((p) => p.name === name)?.value;
}
