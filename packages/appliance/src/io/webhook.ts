/**
 * One message to a webhook. The certificate is always verified, a redirect is no answer, and there is an end in time and in size. Signed
 * over the time too, so that a message that somebody has recorded is an old one.
 */
import { createHmac } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { cleanText } from "../logs/clean-text.ts";

export interface WebhookPlace {
  readonly url: string;
  /** Key of the signature; undefined: not signed. */
  readonly secret: string | undefined;
  /** PEM; undefined: the system's. */
  readonly authorities: string | undefined;
}

/** What became of a message, in words. */
export interface Delivery {
  readonly ok: boolean;
  readonly said: string;
}

const MOST_OCTETS = 4_096;
const SHOWN = 200;

/** Never rejects. @param seconds of the wall clock */
export function postWebhook(
  { url, secret, authorities }: WebhookPlace,
  body: string,
  seconds: number,
  deadlineMs: number,
): Promise<Delivery> {
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "ringfence",
      ...signature(secret, body, seconds),
    };
    const signal = AbortSignal.timeout(deadlineMs);
    const common = { method: "POST", signal, headers, maxHeaderSize: 8_192, agent: false } as const;
    const take = (response: IncomingMessage): void => read(response, resolve);
    let sent: ClientRequest;
    if (url.startsWith("https:")) {
      const ca = authorities === undefined ? {} : { ca: authorities };
      sent = secureRequest(url, { ...common, ...ca, minVersion: "TLSv1.2", rejectUnauthorized: true }, take);
    } else sent = plainRequest(url, common, take);
    sent.on("error", (error) => resolve({ ok: false, said: failure(error, signal) }));
    sent.end(body);
  });
}

function signature(secret: string | undefined, body: string, seconds: number): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const mac = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return { "ringfence-signature": `t=${seconds},sha256=${mac}` };
}

/** A body that never ends is over at its limit: the status says what counts. */
function read(response: IncomingMessage, resolve: (delivery: Delivery) => void): void {
  const { statusCode = 0, statusMessage = "" } = response;
  let text = "";
  const finish = (): void => {
    const ok = statusCode >= 200 && statusCode < 300;
    const moved = statusCode >= 300 && statusCode < 400 ? "; redirects are not followed" : "";
    const shown = ok || text === "" ? "" : `: ${text}`;
    resolve({ ok, said: cleanText(`${statusCode} ${statusMessage}${moved}${shown}`, SHOWN) });
    response.destroy();
  };
  response.setEncoding("utf8");
  response.on("error", finish);
  response.on("end", finish);
  response.on("aborted", finish);
  response.on("data", (chunk: string) => {
    text = (text + chunk).slice(0, MOST_OCTETS);
    if (text.length >= MOST_OCTETS) finish();
  });
}

function failure(error: Error, signal: AbortSignal): string {
  if (signal.aborted) return "no answer in time";
  return cleanText(error.message === "" ? String((error as NodeJS.ErrnoException).code) : error.message, SHOWN);
}
