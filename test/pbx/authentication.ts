import type { Core } from "./core.ts";
import { challengeValue, digestParams, plainResponse } from "./digest.ts";
import type { Account } from "./pbx-data.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { header } from "./sip-message.ts";

export type AuthKind = "www" | "proxy";

/** The account whose password the request proves; undefined after a challenge or refusal was sent. */
export function authenticate(core: Core, tx: ServerTransaction, kind: AuthKind): Account | undefined {
  const { request } = tx;
  const value = header(request, kind === "www" ? "authorization" : "proxy-authorization");
  const given = value === undefined ? undefined : digestParams(value);
  const now = Date.now();
  if (given === undefined || !core.nonces.knows(given.get("nonce") ?? "", now, core.knobs.nonceLifetime)) {
    challenge(core, tx, kind);
    return undefined;
  }
  const user = given.get("username") ?? "";
  const account = core.data.accounts.get(user);
  if (account !== undefined && proves(core, tx, given, account)) return account;
  core.bans.failed(tx.flow.address, now);
  if (core.knobs.badPasswordStatus === "403") tx.respond(403);
  else challenge(core, tx, kind);
  return undefined;
}

function proves(core: Core, tx: ServerTransaction, given: ReadonlyMap<string, string>, account: Account): boolean {
  const { realm } = core.data;
  const uri = given.get("uri") ?? "";
  if (given.get("realm") !== realm) return false;
  if (core.knobs.digestUri === "strict" && uri !== tx.request.uri) return false;
  const nonce = given.get("nonce") ?? "";
  const method = tx.request.method;
  return given.get("response") === plainResponse({ ...account, realm, nonce, method, uri });
}

function challenge(core: Core, tx: ServerTransaction, kind: AuthKind): void {
  const value = challengeValue(core.data.realm, core.nonces.issue(Date.now()));
  if (kind === "www") tx.respond(401, { headers: [["WWW-Authenticate", value]] });
  else tx.respond(407, { headers: [["Proxy-Authenticate", value]] });
}
