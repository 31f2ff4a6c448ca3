/**
 * What RFC 3261 §8.2, §16.3 and §18 ask of a request that parsed, as named functions in one array. The order is the
 * order of the answers: what we do not understand at all (501, 416) before what is wrong with it (400).
 *
 * Not refused, because RFC 4475 (wsinv, longreq, inv2543) shows them as valid: a missing branch, a branch without the
 * magic cookie, a From without tag, an INVITE without Contact, an unknown Date. Policy may still refuse them.
 */
import type { Request } from "../message/message.ts";
import { limits } from "../parse/limits.ts";
import { parseContacts, parseNameAddrList } from "../parse/name-addr.ts";
import { isToken } from "../parse/octets.ts";
import { splitList } from "../parse/quoted.ts";
import { branchCookie } from "../parse/via.ts";
import { encoded, sessionPart } from "./session-part.ts";

export interface CheckFailure {
  /** The name of the check, for logs and metrics. */
  readonly check: string;
  readonly status: number;
  /** One line for a human, and the reason phrase. */
  readonly reason: string;
  /** To be added to the answer: Unsupported, Allow, Accept ... */
  readonly headers: readonly (readonly [string, string])[];
}

export interface RequestFacts {
  /** Methods we know; others get 501. */
  readonly methods: ReadonlySet<string>;
  /** Option tags we support, in lower case. */
  readonly extensions: ReadonlySet<string>;
  /** Of an emergency call: what stands beside or instead of a session description does not refuse it (threat L15). */
  readonly emergency?: boolean;
  /** It came over a transport that encrypts nothing. */
  readonly clear?: boolean;
  /** It calls for help by the name of a service, which is neither an address nor a number (RFC 5031). */
  readonly service?: boolean;
}

type Finding = Omit<CheckFailure, "check">;
type Check = (request: Request, facts: RequestFacts) => Finding | undefined;

/** The first thing wrong, or undefined. An ACK is checked too, but its sender must never be answered. */
export function checkRequest(request: Request, facts: RequestFacts): CheckFailure | undefined {
  for (const [check, find] of checks) {
    const finding = find(request, facts);
    if (finding !== undefined) return { check, ...finding };
  }
  return undefined;
}

const checks: readonly (readonly [string, Check])[] = [
  ["method-known", methodKnown],
  ["request-uri-scheme", requestUriScheme],
  ["request-uri-headers", requestUriHeaders],
  ["branch-unique", branchUnique],
  ["contact-readable", contactReadable],
  ["routes-readable", routesReadable],
  ["hops-left", hopsLeft],
  ["extensions-supported", extensionsSupported],
  ["body-typed", bodyTyped],
  ["body-encoding", bodyEncoding],
  ["offer-is-sdp", offerIsSdp],
];

/** In the order they are made. */
export const requestCheckNames: readonly string[] = checks.map(([name]) => name);

/** §8.2.1. Methods are case-sensitive and never unescaped: `RE%47IST%45R` is unknown. */
function methodKnown({ method }: Request, { methods }: RequestFacts): Finding | undefined {
  if (methods.has(method)) return undefined;
  return finding(501, "Method is not known here", [["Allow", [...methods].join(", ")]]);
}

/** §8.2.2.1. Who says `sips:` asks that no part of the way be in clear (RFC 3261 §26.2.2): 416 has it say `sip:`, or use TLS. */
function requestUriScheme({ requestUri }: Request, { service, clear, emergency }: RequestFacts): Finding | undefined {
  if (requestUri.kind === "other" && service !== true) return finding(416, "Request-URI scheme is not supported");
  const secure = requestUri.kind === "sip" && requestUri.scheme === "sips";
  return secure && clear === true && emergency !== true ? finding(416, "sips needs TLS") : undefined;
}

/** §19.1.1 table 1: no headers in a Request-URI. `?Route=...` there is an attempt to inject one. */
function requestUriHeaders({ requestUri }: Request): Finding | undefined {
  const injects = requestUri.kind === "sip" && requestUri.headers !== undefined;
  return injects ? finding(400, "Request-URI carries header fields") : undefined;
}

/** RFC 4475 §3.2.1: the magic cookie alone is a promise of uniqueness without anything unique. */
function branchUnique({ via }: Request): Finding | undefined {
  const bare = via.branch !== undefined && via.branch.toLowerCase() === branchCookie.toLowerCase();
  return bare ? finding(400, "Via branch is empty after the magic cookie") : undefined;
}

/** Requests that make a dialog target: one Contact at most (§8.1.1.8). */
const targetMethods: ReadonlySet<string> = new Set(["INVITE", "NOTIFY", "REFER", "SUBSCRIBE", "UPDATE"]);

function contactReadable({ headers, method }: Request): Finding | undefined {
  const contacts = parseContacts(headers.all("Contact").filter((value) => value !== ""));
  if (contacts === undefined) return finding(400, "Contact is malformed");
  const single = contacts !== "*" && contacts.length <= 1;
  return targetMethods.has(method) && !single ? finding(400, "More than one Contact") : undefined;
}

function routesReadable({ headers }: Request): Finding | undefined {
  for (const name of ["Route", "Record-Route"]) {
    if (parseNameAddrList(headers.all(name), limits.listElements) === undefined) {
      return finding(400, `${name} is malformed`);
    }
  }
  return undefined;
}

/** §16.3 step 3, §11: OPTIONS with no hops left asks whoever gets it, whatever its Request-URI; so peers see whether we are there. */
function hopsLeft({ maxForwards, method, to }: Request): Finding | undefined {
  if (method === "OPTIONS" && to.tag === undefined) return undefined;
  return maxForwards === 0 ? finding(483, "Max-Forwards is 0") : undefined;
}

/** §8.2.2.3: not for ACK and CANCEL. A B2BUA is the last to read Proxy-Require, so both lists count. */
function extensionsSupported({ headers, method }: Request, facts: RequestFacts): Finding | undefined {
  if (method === "ACK" || method === "CANCEL") return undefined;
  const unsupported: string[] = [];
  for (const value of [...headers.all("Proxy-Require"), ...headers.all("Require")]) {
    const tags = splitList(value, limits.listElements, "plain");
    if (tags === undefined || !tags.every(isToken)) return finding(400, "Require is malformed");
    unsupported.push(...tags.filter((tag) => !isServed(tag.toLowerCase(), facts)));
  }
  if (unsupported.length === 0) return undefined;
  return finding(420, "Extension is not supported", [["Unsupported", unsupported.join(", ")]]);
}

/** RFC 6442 §4.4: where the caller is. It stays here, and an emergency call goes on without it. */
const locationTags: ReadonlySet<string> = new Set(["geolocation", "geolocation-sip", "geolocation-http"]);

const isServed = (tag: string, { extensions, emergency }: RequestFacts): boolean =>
  extensions.has(tag) || (emergency === true && locationTags.has(tag));

/** §20.15: a body MUST have a type. */
function bodyTyped({ headers, body }: Request, { emergency }: RequestFacts): Finding | undefined {
  if (emergency === true) return undefined;
  const untyped = body.length > 0 && !headers.has("Content-Type");
  return untyped ? finding(400, "Body without Content-Type") : undefined;
}

/** §8.2.3. We have to read bodies, so only identity will do. */
function bodyEncoding({ headers, body }: Request, { emergency }: RequestFacts): Finding | undefined {
  if (body.length === 0 || emergency === true) return undefined;
  return encoded(headers)
    ? finding(415, "Content-Encoding is not supported", [["Accept-Encoding", "identity"]])
    : undefined;
}

const offerMethods: ReadonlySet<string> = new Set(["INVITE", "PRACK", "UPDATE"]);

/** We anchor media, so a session description we cannot read is one we cannot relay (RFC 4475 §3.3.6). */
function offerIsSdp(request: Request, { emergency }: RequestFacts): Finding | undefined {
  if (emergency === true || !offerMethods.has(request.method)) return undefined;
  const { fault } = sessionPart(request);
  if (fault === undefined) return undefined;
  if (fault === "malformed") return finding(400, "Multipart body is malformed");
  return finding(415, "Body is not application/sdp", [["Accept", "application/sdp"]]);
}

function finding(status: number, reason: string, headers: Finding["headers"] = []): Finding {
  return { status, reason, headers };
}
