/**
 * The one thing that is ever fetched because a peer named it (threat L14): a certificate, by HTTPS, from a listed host. The
 * name is resolved once and the connection goes to the address that was looked at, so that DNS cannot move it in between.
 * No redirects, no connection kept, and an end in time and in size.
 */
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import type { CredentialAnswer, CredentialPlace } from "../stir/credential-place.ts";
import type { Ask } from "./dns.ts";

export interface FetchOptions {
  readonly ask: Ask;
  /** Of an address that DNS gave; one that the configuration gave is not asked about. */
  readonly mayConnect: (address: string) => boolean;
  /** PEM of what a place names as `ca`. */
  readonly authorities: (ca: string) => string | undefined;
  /** For all of it: look-up, handshake, answer. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT = 2_000;
const MAX_OCTETS = 65_536;

export type FetchCredential = (place: CredentialPlace) => Promise<CredentialAnswer>;

/** What it makes never rejects. */
export function createCredentialFetch(options: FetchOptions): FetchCredential {
  return async (place) => {
    const over = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT);
    const late = new Promise<CredentialAnswer>((resolve) => {
      over.addEventListener("abort", () => resolve(unreachable("no answer in time")), { once: true });
    });
    const work = fetchOnce(options, place, over).catch((error: unknown) => unreachable(String(error)));
    return Promise.race([work, late]);
  };
}

async function fetchOnce(options: FetchOptions, place: CredentialPlace, over: AbortSignal): Promise<CredentialAnswer> {
  const addresses = place.address === undefined ? await resolve(options.ask, place.host) : [place.address];
  const [address] = addresses;
  if (address === undefined) return unreachable("the name has no address");
  // One that may not be is enough: a name that leads inside and outside is no certificate repository.
  if (place.address === undefined && !addresses.every((one) => options.mayConnect(one))) {
    return { ok: false, why: "refused", detail: "the name leads to an address that nothing is fetched from" };
  }
  return over.aborted ? unreachable("no answer in time") : get(options, place, address, over);
}

/** IPv4 first: many networks still have no other. */
async function resolve(ask: Ask, name: string): Promise<readonly string[]> {
  const answers = await Promise.all([ask({ type: "A", name }), ask({ type: "AAAA", name })]);
  return answers.flatMap((answer) => (answer.type === "A" || answer.type === "AAAA" ? answer.records : []));
}

function get(
  { authorities }: FetchOptions,
  { host, port, path, ca }: CredentialPlace,
  address: string,
  signal: AbortSignal,
): Promise<CredentialAnswer> {
  const shown = host.includes(":") ? `[${host}]` : host;
  const wanted: RequestOptions = {
    host: address,
    port,
    path,
    signal,
    agent: false,
    maxHeaderSize: 8_192,
    headers: {
      host: port === 443 ? shown : `${shown}:${port}`,
      accept: "application/pem-certificate-chain, */*;q=0.1",
    },
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : { servername: "" }),
    // Of the name in the URL, not of the address that the connection goes to.
    checkServerIdentity: (_address, certificate) => checkServerIdentity(host, certificate),
    // A file that was not read trusts nobody.
    ...(ca === undefined ? {} : { ca: authorities(ca) ?? [] }),
  };
  return new Promise((resolve) => {
    const sent = request(wanted, (response) => {
      // 3xx too: whoever may answer for a listed host may not name another.
      if (response.statusCode === 200) return read(response, resolve);
      resolve(unreachable(`the server answered ${response.statusCode}`));
      response.destroy();
    });
    sent.on("error", (error) => resolve(unreachable(error.message)));
    sent.end();
  });
}

function read(response: IncomingMessage, resolve: (answer: CredentialAnswer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge = (): void => {
    // First the reason: what destroying says comes after it and is not heard.
    resolve(unreachable("more than a certificate chain has"));
    response.destroy();
  };
  if (Number(response.headers["content-length"] ?? 0) > MAX_OCTETS) return tooLarge();
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_OCTETS) return tooLarge();
    chunks.push(chunk);
  });
  response.on("error", (error) => resolve(unreachable(error.message)));
  response.on("aborted", () => resolve(unreachable("the answer was cut off")));
  response.on("end", () => {
    const pem = Buffer.concat(chunks).toString("latin1");
    resolve({ ok: true, pem, maxAgeMs: maxAge(response.headers["cache-control"]) });
  });
}

/** RFC 9111 §5.2.2.1; undefined where the server says nothing of it. */
function maxAge(header: string | undefined): number | undefined {
  const directive = header?.split(",", 16).find((one) => one.trim().toLowerCase().startsWith("max-age="));
  const seconds = Number(directive?.trim().slice("max-age=".length, "max-age=".length + 9));
  return Number.isSafeInteger(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

function unreachable(detail: string): CredentialAnswer {
  return { ok: false, why: "unreachable", detail };
}
