/** A small exchange in memory for telephones under test: it challenges, rings, answers, echoes, and misbehaves where it is told to. */
import { createHash } from "node:crypto";
import {
  formatChallenge,
  type OutResponse,
  parseCredentials,
  parseMessage,
  type Request,
  responseTo,
  serializeResponse,
  verifyDigest,
} from "@ringfence/sip";

export interface ExchangeWish {
  /** Final status in place of the usual one, by method. */
  readonly says?: Readonly<Record<string, number>>;
  /** Requests of these methods are lost. */
  readonly deaf?: readonly string[];
  /** What the 200 to INVITE holds, made of the offer. */
  readonly answer: (offer: Uint8Array) => Uint8Array;
}

export const exchangePassword = "a long test word";
const usual: Readonly<Record<string, number>> = { REGISTER: 200, INVITE: 200, BYE: 200, CANCEL: 200 };

export class EchoExchange {
  readonly #wish: ExchangeWish;
  readonly requests: Request[] = [];

  constructor(wish: ExchangeWish) {
    this.#wish = wish;
  }

  methods(): readonly string[] {
    return this.requests.map(({ method }) => method);
  }

  /** What it answers to one message. */
  take(bytes: Uint8Array): readonly Uint8Array[] {
    const request = parseMessage(bytes, "datagram");
    if (request.kind !== "request") return [];
    this.requests.push(request);
    const { method } = request;
    if (method === "ACK" || this.#wish.deaf?.includes(method) === true) return [];
    if (method === "REGISTER" && !isProven(request)) return [bytesOf(challenge(request))];
    const status = this.#wish.says?.[method] ?? usual[method] ?? 405;
    const last = this.#last(request, status);
    return method === "INVITE" && status === 200 ? [reply(request, 180), last] : [last];
  }

  #last(request: Request, status: number): Uint8Array {
    if (request.method !== "INVITE" || status !== 200) return reply(request, status);
    const body = this.#wish.answer(request.body);
    const headers = [["Contact", "<sip:600@192.0.2.1>"]] as const;
    return bytesOf(responseTo(request, status, { toTag: "e", headers, body, contentType: "application/sdp" }));
  }
}

function isProven(request: Request): boolean {
  const credentials = parseCredentials(request.headers.get("Authorization") ?? "");
  const secret = { kind: "password", password: exchangePassword } as const;
  return credentials !== undefined && verifyDigest(credentials, { secret, method: request.method });
}

function challenge(request: Request): OutResponse {
  const nonce = createHash("md5").update(request.callId).digest("hex");
  const rest = { opaque: undefined, stale: false, domain: undefined };
  const value = formatChallenge({ realm: "test", nonce, algorithm: "SHA-256", sess: false, qop: ["auth"], ...rest });
  return responseTo(request, 401, { toTag: "e", headers: [["WWW-Authenticate", value]] });
}

function reply(request: Request, status: number): Uint8Array {
  return bytesOf(responseTo(request, status, { toTag: "e" }));
}

function bytesOf(response: OutResponse): Uint8Array {
  return serializeResponse(response);
}
