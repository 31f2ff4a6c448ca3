/** The requests of a phone, as values; the transaction adds Via. */
import {
  digestAnswer,
  HeaderList,
  nextSequence,
  noBody,
  type OutRequest,
  parseChallenge,
  type Random,
  type Response,
  sipUri,
} from "@ringfence/sip";
import type { CallAccount, TestCallOrder } from "./order.ts";

export interface PhoneIdentity {
  readonly account: CallAccount;
  readonly domain: string;
  readonly transport: TestCallOrder["server"]["transport"];
  /** Where its line ends on our side. */
  readonly local: { readonly address: string; readonly port: number };
}

/** What a phone understands. */
export const methods = "INVITE, ACK, CANCEL, BYE, OPTIONS";
const agent = "Ringfence test call";
/** Seconds: longer than any test call; a PBX may make it less. */
const registeredFor = 120;
/** Of one message, looked at. */
const mostChallenges = 4;
/** RFC 8760 §2.4: the strongest that is offered. */
const preference = ["SHA-512-256", "SHA-256", "MD5"];

export function contactOf({ account, local, transport }: PhoneIdentity): string {
  const params = transport === "udp" ? [] : [{ name: "transport", value: transport }];
  return `<${sipUri({ user: account.user, host: local.address, port: local.port, params }).raw}>`;
}

/** All REGISTERs of one phone: one Call-ID, rising numbers (RFC 3261 §10.2). */
export class Registration {
  readonly #phone: PhoneIdentity;
  readonly #dialog: { readonly callId: string; readonly tag: string };
  #sequence = 1;

  constructor(phone: PhoneIdentity, dialog: { readonly callId: string; readonly tag: string }) {
    this.#phone = phone;
    this.#dialog = dialog;
  }

  next(purpose: "register" | "unregister"): OutRequest {
    const { account, domain } = this.#phone;
    const address = `<${sipUri({ user: account.user, host: domain }).raw}>`;
    const headers = HeaderList.of(
      ["Max-Forwards", "70"],
      ["From", `${address};tag=${this.#dialog.tag}`],
      ["To", address],
      ["Call-ID", this.#dialog.callId],
      ["CSeq", `${this.#sequence} REGISTER`],
      ["Contact", contactOf(this.#phone)],
      ["Expires", String(purpose === "register" ? registeredFor : 0)],
      ["User-Agent", agent],
    );
    // Room for what is sent once more with credentials.
    this.#sequence += 10;
    return { method: "REGISTER", uri: sipUri({ host: domain }).raw, headers, body: noBody };
  }
}

export function inviteRequest(
  phone: PhoneIdentity,
  dialog: { readonly callId: string; readonly tag: string },
  number: string,
  body: Uint8Array,
): OutRequest {
  const to = sipUri({ user: number, host: phone.domain }).raw;
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", `<${sipUri({ user: phone.account.user, host: phone.domain }).raw}>;tag=${dialog.tag}`],
    ["To", `<${to}>`],
    ["Call-ID", dialog.callId],
    ["CSeq", "1 INVITE"],
    ["Contact", contactOf(phone)],
    ["Allow", methods],
    ["User-Agent", agent],
    ["Content-Type", "application/sdp"],
  );
  return { method: "INVITE", uri: to, headers, body };
}

/** The first, and one more for a nonce that had become stale. */
const mostAnswers = 2;

/**
 * The request once more with an answer to the challenge; undefined: there is none, or none that we can answer.
 * @param answers those that were given before
 */
export function answered(
  { request, answers }: { readonly request: OutRequest; readonly answers: number },
  { status, headers }: Response,
  { user, password }: CallAccount,
  random: Random,
): OutRequest | undefined {
  if (status !== 401 && status !== 407) return undefined;
  const [asked, answer] =
    status === 401 ? ["WWW-Authenticate", "Authorization"] : ["Proxy-Authenticate", "Proxy-Authorization"];
  const [challenge] = headers
    .all(asked)
    .slice(0, mostChallenges)
    .flatMap((value) => parseChallenge(value) ?? [])
    .toSorted((one, other) => preference.indexOf(one.algorithm) - preference.indexOf(other.algorithm));
  if (challenge === undefined || answers >= mostAnswers || (answers > 0 && !challenge.stale)) return undefined;
  const secret = { kind: "password", password } as const;
  const value = digestAnswer(challenge, { username: user, secret }, request, random);
  return { ...request, headers: nextSequence(request).set(answer, value) };
}
