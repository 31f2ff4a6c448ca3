import { noBody, type OutRequest } from "../message/build.ts";
import { HeaderList } from "../message/headers.ts";
import type { Response } from "../message/message.ts";
import { serializeRequest } from "../message/serialize.ts";
import type { Random } from "../outside.ts";
import { formatHost } from "../parse/host.ts";
import { branchCookie } from "../parse/via.ts";

/** What our Via says: sent-by is where we listen, which is not always where we send from. IPv6 without brackets. */
export interface ViaParts {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
}

export type ExtraHeaders = readonly (readonly [string, string])[];

/** 128 random bits behind the cookie: an off-path sender cannot answer a request it did not see. */
export function freshBranch(random: Random): string {
  return branchCookie + Buffer.from(random(16)).toString("hex");
}

/** The request with our Via on top (RFC 3261 §18.1.1), asking for rport (RFC 3581 §3) where it has a meaning. */
export function withVia(request: OutRequest, via: ViaParts, branch: string): OutRequest {
  const host = formatHost(via.host);
  const sentBy = via.port === undefined ? host : `${host}:${via.port}`;
  const rport = via.transport === "UDP" ? ";rport" : "";
  const value = `SIP/2.0/${via.transport} ${sentBy};branch=${branch}${rport}`;
  return { ...request, headers: request.headers.clone().prepend("Via", value) };
}

/** A request outside any transaction: the ACK to a 2xx (RFC 3261 §13.2.2.4), each with a branch of its own. */
export function buildStateless(request: OutRequest, via: ViaParts, random: Random): Uint8Array {
  return serializeRequest(withVia(request, via, freshBranch(random)));
}

/**
 * RFC 3261 §17.1.1.3: the ACK to a 3xx-6xx belongs to the INVITE transaction. Everything is the INVITE's, only To is
 * the response's, for its tag. §22.1: credentials are repeated, because an ACK cannot be challenged.
 */
export function ackFor(invite: OutRequest, response: Response): Uint8Array {
  const headers = hopHeaders(invite, "ACK");
  headers.set("To", response.headers.get("To") ?? invite.headers.get("To") ?? "");
  for (const name of ["Authorization", "Proxy-Authorization"]) {
    for (const value of invite.headers.all(name)) headers.add(name, value);
  }
  return serializeRequest({ method: "ACK", uri: invite.uri, headers, body: noBody });
}

/** RFC 3261 §9.1: the same Request-URI, Call-ID, To, From and CSeq number, one Via equal to the INVITE's, its Route. */
export function cancelFor(invite: OutRequest, extra: ExtraHeaders): OutRequest {
  const headers = hopHeaders(invite, "CANCEL");
  for (const [name, value] of extra) headers.add(name, value);
  return { method: "CANCEL", uri: invite.uri, headers, body: noBody };
}

function hopHeaders(invite: OutRequest, method: string): HeaderList {
  const headers = HeaderList.of();
  const copy = (name: string) => headers.add(name, invite.headers.get(name) ?? "");
  copy("Via");
  for (const route of invite.headers.all("Route")) headers.add("Route", route);
  headers.add("Max-Forwards", "70");
  copy("From");
  copy("To");
  copy("Call-ID");
  const cseq = invite.headers.get("CSeq") ?? "";
  const space = cseq.indexOf(" ");
  return headers.add("CSeq", `${space < 0 ? cseq : cseq.slice(0, space)} ${method}`);
}
