/** The result as the PBX is told it: `verstat` in the caller's address (3GPP TS 24.229 §7.2A.20, ATIS-1000074). */
import { formatNameAddr, formatUri, parseNameAddr, parseUri } from "@ringfence/sip";
import type { Route } from "../trunk/route-shape.ts";
import { findingOf, type IdentityOutcome } from "./outcome.ts";

/** Not verified is not the same as wrong: a certificate that could not be had proves nothing. */
function wordFor(outcome: IdentityOutcome): string {
  const finding = findingOf(outcome);
  if (finding === "verified") return "TN-Validation-Passed";
  return finding === "missing" || finding === "info" ? "No-TN-Validation" : "TN-Validation-Failed";
}

/** In From, and in P-Asserted-Identity where there is one. Behind the number, as a parameter of it (RFC 3966 §3). */
export function withVerstat(route: Route, outcome: IdentityOutcome): Route {
  const word = wordFor(outcome);
  return {
    ...route,
    from: { ...route.from, uri: marked(route.from.uri, word) },
    headers: (route.headers ?? []).map(([name, value]) =>
      name === "P-Asserted-Identity" ? ([name, markedHeader(value, word)] as const) : ([name, value] as const),
    ),
  };
}

function markedHeader(value: string, word: string): string {
  const read = parseNameAddr(value);
  return read === undefined ? value : formatNameAddr({ uri: marked(formatUri(read.uri), word) });
}

/** Only a number can be validated; who is anonymous has none. */
function marked(text: string, word: string): string {
  const uri = parseUri(text);
  const first = uri?.kind === "sip" ? (uri.user?.charAt(0) ?? "") : "";
  if (uri?.kind !== "sip" || !"+0123456789".includes(first) || first === "") return text;
  const params = [...uri.params.filter(({ name }) => name !== "user"), { name: "user", value: "phone" }];
  return formatUri({ ...uri, user: `${uri.user};verstat=${word}`, params });
}
