/** Responses built from a request (RFC 3261 §8.2.6), and the shapes that leave. */
import type { ResponseEcho } from "../parse/failure.ts";
import { parseNameAddr } from "../parse/name-addr.ts";
import { parseVia, viaWithSource } from "../parse/via.ts";
import { HeaderList } from "./headers.ts";
import type { Request } from "./message.ts";
import { reasonPhrase } from "./status.ts";

export interface OutRequest {
  readonly method: string;
  readonly uri: string;
  /** No Via: the transaction adds it. No Content-Length: the serialiser writes it. */
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

export interface OutResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

export interface ResponseOptions {
  readonly reason?: string | undefined;
  /** Added to To when it has no tag and the status is above 100. */
  readonly toTag?: string | undefined;
  readonly headers?: readonly (readonly [string, string])[] | undefined;
  readonly body?: Uint8Array | undefined;
  readonly contentType?: string | undefined;
  /** From the socket, not from the message. `address` in the form Via would have it, IPv6 without brackets. */
  readonly packetSource?: { readonly address: string; readonly port: number } | undefined;
}

export const noBody: Uint8Array = new Uint8Array(0);

/** Their answers make a dialog (RFC 3261 §12.1, RFC 6665 §4.2.1). */
const dialogMethods: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE"]);

/**
 * Copies every Via in order (the top one with received/rport of the packet's source), From, To, Call-ID, CSeq; and where the
 * answer makes a dialog, Record-Route: without it the proxies of the peer are left out of everything that follows.
 */
export function responseTo(request: Request, status: number, options: ResponseOptions = {}): OutResponse {
  const { headers: fields } = request;
  const [, ...lower] = request.vias;
  const top = options.packetSource === undefined ? request.via.raw : viaWithSource(request.via, options.packetSource);
  const headers = new HeaderList().add("Via", top);
  for (const via of lower) headers.add("Via", via);
  headers.add("From", fields.get("From") ?? "");
  headers.add("To", toWithTag(fields.get("To") ?? "", request.to.tag, status, options.toTag));
  headers.add("Call-ID", request.callId);
  headers.add("CSeq", `${request.cseq.number} ${request.cseq.method}`);
  if (makesDialog(request, status)) for (const value of fields.all("Record-Route")) headers.add("Record-Route", value);
  return finish(headers, status, options);
}

/** RFC 3261 §12.1.1: all values, in order, with the parameters that we do not know. */
function makesDialog({ method, to }: Request, status: number): boolean {
  return dialogMethods.has(method) && to.tag === undefined && status > 100 && status < 300;
}

/** For a request nobody could parse: what was readable goes back as it stood, what was missing stays away. */
export function responseToEcho(echo: ResponseEcho, status: number, options: ResponseOptions = {}): OutResponse {
  const headers = new HeaderList();
  for (const [index, via] of echo.vias.entries()) {
    headers.add("Via", index === 0 ? echoedVia(via, options.packetSource) : via);
  }
  if (echo.from !== "") headers.add("From", echo.from);
  if (echo.to !== "") {
    const parsed = parseNameAddr(echo.to);
    headers.add("To", parsed === undefined ? echo.to : toWithTag(echo.to, parsed.tag, status, options.toTag));
  }
  if (echo.callId !== "") headers.add("Call-ID", echo.callId);
  if (echo.cseq !== "") headers.add("CSeq", echo.cseq);
  return finish(headers, status, options);
}

/** A Via value that is malformed, or holds several, is left alone: the answer goes to the packet's source anyway. */
function echoedVia(raw: string, source: ResponseOptions["packetSource"]): string {
  const via = source === undefined ? undefined : parseVia(raw);
  return via === undefined || source === undefined ? raw : viaWithSource(via, source);
}

/** A parameter after a bare addr-spec belongs to the header, so appending is right with and without `<>`. */
function toWithTag(to: string, tag: string | undefined, status: number, ours: string | undefined): string {
  return tag !== undefined || ours === undefined || status === 100 ? to : `${to};tag=${ours}`;
}

function finish(headers: HeaderList, status: number, options: ResponseOptions): OutResponse {
  for (const [name, value] of options.headers ?? []) headers.add(name, value);
  if (options.contentType !== undefined) headers.add("Content-Type", options.contentType);
  return { status, reason: options.reason ?? reasonPhrase(status), headers, body: options.body ?? noBody };
}
