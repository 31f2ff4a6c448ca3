/** The requests of a probe. Bytes only: who sends them, and how fast, is somebody else's. */
import { HeaderList, noBody, serializeRequest } from "@ringfence/sip";

export interface Asker {
  /** The domain that is asked for. */
  readonly domain: string;
  /** Our side of the connection. */
  readonly local: { readonly address: string; readonly port: number };
  readonly transport: "UDP" | "TCP" | "TLS";
  /** Where a relay would bring a request to: a socket of ours that is nowhere else. */
  readonly elsewhere: { readonly address: string; readonly port: number };
  /** Letters and digits, never the same twice. */
  readonly word: () => string;
}

export interface Question {
  readonly id: string;
  readonly method: string;
  readonly bytes: Uint8Array;
}

interface Wish {
  readonly id: string;
  readonly method: string;
  readonly user?: string;
  readonly scheme?: "sips";
  readonly toTag?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Of SDP. */
  readonly body?: Uint8Array;
}

/** Extensions that small systems have; guessing programs begin with these. */
const usual = ["100", "101", "102", "200", "201", "1000", "1001"];
/** Methods that nobody without a password has a use for. */
const closed = ["MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY", "REFER", "INFO"];

/** In the order in which they are asked: what may get us banned comes last. */
export function questions(asker: Asker, accounts: readonly string[]): readonly Question[] {
  const stranger = (): string => `7${asker.word().slice(0, 3)}`;
  const { elsewhere } = asker;
  const away = `<sip:${hostOf(elsewhere.address)}:${elsewhere.port};lr>`;
  const wishes: readonly Wish[] = [
    { id: "options", method: "OPTIONS" },
    { id: "sips", method: "OPTIONS", scheme: "sips" },
    { id: "challenge", method: "REGISTER", user: stranger() },
    { id: "challenge", method: "REGISTER", user: stranger() },
    { id: "invite", method: "INVITE", user: stranger(), body: offer(asker) },
    ...closed.map((method) => ({ id: "closed", method, user: stranger(), headers: needsOf(method, asker) })),
    { id: "route", method: "OPTIONS", headers: [["Route", `<sip:${asker.domain};lr>, ${away}`] as const] },
    { id: "route", method: "INVITE", user: stranger(), body: offer(asker), headers: [["Route", away] as const] },
    { id: "to-tag", method: "INVITE", user: stranger(), toTag: asker.word(), body: offer(asker) },
    { id: "to-tag", method: "BYE", user: stranger(), toTag: asker.word() },
    ...[...accounts, ...usual].map((user) => ({ id: "usual", method: "REGISTER", user })),
    ...usual.map(() => ({ id: "stranger", method: "REGISTER", user: stranger() })),
    { id: "scanner", method: "OPTIONS", headers: [["User-Agent", "friendly-scanner"] as const] },
  ];
  return wishes.map((wish) => ({ id: wish.id, method: wish.method, bytes: written(wish, asker) }));
}

function written(wish: Wish, asker: Asker): Uint8Array {
  const { method, user, toTag, body = noBody } = wish;
  const { domain, local, transport, word } = asker;
  const at = `${hostOf(local.address)}:${local.port}`;
  const whom = `${wish.scheme ?? "sip"}:${user === undefined ? "" : `${user}@`}${domain}`;
  const registers = method === "REGISTER";
  const headers = HeaderList.of(
    ["Via", `SIP/2.0/${transport} ${at};branch=z9hG4bK${word()};rport`],
    ["Max-Forwards", "70"],
    ["From", `<${registers ? whom : `sip:probe@${domain}`}>;tag=${word()}`],
    ["To", `<${whom}>${toTag === undefined ? "" : `;tag=${toTag}`}`],
    ["Call-ID", word()],
    ["CSeq", `1 ${method}`],
    ["Contact", `<sip:probe@${at};transport=${transport.toLowerCase()}>`],
    ...(wish.headers ?? []),
    ...(registers ? [["Expires", "60"] as const] : []),
    ...(body.length > 0 ? [["Content-Type", "application/sdp"] as const] : []),
  );
  return serializeRequest({ method, uri: registers ? `sip:${domain}` : whom, headers, body });
}

/** What each method must carry to be looked at (RFC 6665, RFC 3515, RFC 3903). */
function needsOf(method: string, { domain }: Asker): readonly (readonly [string, string])[] {
  switch (method) {
    case "SUBSCRIBE":
    case "PUBLISH":
      return [
        ["Event", "presence"],
        ["Expires", "60"],
      ];
    case "NOTIFY":
      return [
        ["Event", "presence"],
        ["Subscription-State", "active;expires=60"],
      ];
    case "REFER":
      return [["Refer-To", `<sip:nobody@${domain}>`]];
    default:
      return [];
  }
}

function offer({ local }: Asker): Uint8Array {
  const family = local.address.includes(":") ? "IP6" : "IP4";
  const lines = [
    "v=0",
    `o=- 1 1 IN ${family} ${local.address}`,
    "s=-",
    `c=IN ${family} ${local.address}`,
    "t=0 0",
    "m=audio 40000 RTP/SAVP 0",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ];
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
}

function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
