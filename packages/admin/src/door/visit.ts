/** One request, from its first line on: who sent it, and may they. In the order of the checks; the order is security. */
import type { IncomingHttpHeaders } from "node:http";
import { mayAct } from "../api/role.ts";
import type { Admission, Route } from "../api/route.ts";
import type { ApiKeys } from "../people/api-keys.ts";
import { isSameText } from "../people/secret-code.ts";
import type { Session, Sessions } from "../people/sessions.ts";
import type { UserBook } from "../people/user-book.ts";
import type { Key } from "../people/user-file.ts";
import type { Caller } from "../sign-in/caller.ts";
import { callerOf, type DoorSettings, plainAddress, refuseForeign } from "./admission.ts";
import { readCookie } from "./cookie.ts";
import type { Who } from "./handlers.ts";
import { ApiError, notSignedIn } from "./problems.ts";
import type { Rate } from "./rate.ts";

export interface Visit {
  readonly caller: Caller;
  /** What the cookie holds. */
  readonly id: string | undefined;
  readonly session: Session | undefined;
  readonly key: Key | undefined;
  /** Undefined before sign-in. */
  readonly who: Who | undefined;
}

export interface Incoming {
  readonly method: string;
  readonly remote: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface Reception {
  readonly settings: () => DoorSettings;
  readonly sessions: Sessions;
  readonly keys: ApiKeys;
  readonly book: UserBook;
  readonly rate: Rate;
  readonly now: () => number;
}

/** @throws ApiError of the first check that it fails */
export function receive(reception: Reception, { method, remote, headers }: Incoming): Visit {
  const { sessions, keys, book, rate, now } = reception;
  const settings = reception.settings();
  if (!settings.allows(plainAddress(remote ?? ""))) {
    throw new ApiError(403, "address-refused", "this address may not ask here", "Add it to admin.allow.");
  }
  const caller = callerOf(settings, remote, headers.host);
  const wait = rate.wait(now(), caller.place);
  if (wait > 0) throw new ApiError(429, "too-many-requests", "too many requests", `Wait ${wait} s.`, wait);
  refuseForeign(caller, headers);
  const { authorization } = headers;
  if (authorization !== undefined) {
    const key = authorization.startsWith("Bearer ")
      ? keys.check(now(), authorization.slice("Bearer ".length), caller.address)
      : undefined;
    // A wrong key is no reason to look for a cookie.
    if (key === undefined) throw new ApiError(401, "key-refused", "this key does not hold here", "Make a new one.");
    const who = { name: `key:${key.name}`, role: key.role, address: caller.address };
    return { caller, id: undefined, session: undefined, key, who };
  }
  const id = readCookie(headers.cookie, settings.secure);
  const session = id === undefined ? undefined : sessions.find(now(), id, caller.place);
  const key = undefined;
  if (id === undefined || session === undefined) {
    return { caller, id: undefined, session: undefined, key, who: undefined };
  }
  // What a page asks by itself keeps nobody signed in.
  if (headers["x-background"] !== "1" || method !== "GET") session.lastAt = now();
  // Read at each request: who was given another role has it from now on.
  const user = session.stage === "signed-in" ? book.user(session.user) : undefined;
  const who = user === undefined ? undefined : { name: user.name, role: user.role, address: caller.address };
  return { caller, id, session, key, who };
}

/** Routes that begin a session need no token of one; that no other site sent them is known by then. */
export function needsToken(method: Route["method"], begins: boolean): boolean {
  return method !== "GET" && !begins;
}

/** @throws ApiError `csrf`: a browser that holds a session says its token too, which no other site can read */
export function refuseWithoutToken({ session }: Visit, headers: IncomingHttpHeaders): void {
  if (session === undefined) return;
  const token = headers["x-csrf-token"];
  if (typeof token === "string" && isSameText(token, session.csrf)) return;
  throw new ApiError(403, "csrf", "the token of the session is missing", "Send csrf of GET /session as x-csrf-token.");
}

/** @throws ApiError `not-signed-in`, `role` */
export function admit({ who }: Visit, needed: Admission): void {
  if (needed === "anyone") return;
  if (who === undefined) throw notSignedIn();
  if (needed === "session" || mayAct(who.role, needed)) return;
  throw new ApiError(403, "role", `this takes the role ${needed}`, "Ask an admin.");
}
