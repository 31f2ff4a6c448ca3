/** Lines that scripted phones and PBXs say: short, RFC 3261 shaped, with just the fields a test turns. */
import type { Flow } from "@ringfence/edge";
import type { Request } from "@ringfence/sip";
import { phoneDomain } from "./edge-site.ts";
import type { EdgeWorld, Party } from "./edge-world.ts";

/** Whoever says them: from there, and over that. */
export interface Speaker {
  readonly flow: Pick<Flow, "packetSource" | "transport">;
}

let branches = 0;

export function branch(): string {
  return `z9hG4bK-test-${++branches}`;
}

export const offer =
  "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
/** Says something new: what says the same as before never gets to the other side (RFC 4028 §7.4). */
export const heldOffer = `${offer}a=sendonly\r\n`;
export const answer =
  "v=0\r\no=- 2 2 IN IP4 10.0.0.5\r\ns=mss\r\nt=0 0\r\nm=audio 20400 RTP/AVP 0\r\nc=IN IP4 10.0.0.5\r\n";

export interface RegisterOptions {
  readonly user?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly expires?: number;
  readonly contact?: string;
  readonly extra?: readonly string[];
}

export function registerLines(phone: Speaker, o: RegisterOptions = {}): readonly string[] {
  const { address, port } = phone.flow.packetSource;
  const user = o.user ?? "1001";
  const transport = phone.flow.transport.toUpperCase();
  return [
    `REGISTER sip:${phoneDomain} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${address}:${port};branch=${branch()};rport`,
    "Max-Forwards: 70",
    `From: <sip:${user}@${phoneDomain}>;tag=reg-${user}`,
    `To: <sip:${user}@${phoneDomain}>`,
    `Call-ID: ${o.callId ?? `reg-${user}@192.0.2.10`}`,
    `CSeq: ${o.cseq ?? 1} REGISTER`,
    `Contact: ${o.contact ?? `<sip:${user}@${address}:${port};transport=${phone.flow.transport}>`}`,
    `Expires: ${o.expires ?? 300}`,
    "User-Agent: a-phone/1.0 with a long enough name",
    "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, NOTIFY, REFER, UPDATE, MESSAGE",
    ...(o.extra ?? []),
  ];
}

/** The status line and what a response copies from the request (RFC 3261 §8.2.6.2). */
export function replyLines(
  request: Request,
  status: string,
  extra: readonly string[] = [],
  toTag = "peer",
): readonly string[] {
  const to = request.headers.get("To") ?? "";
  return [
    `SIP/2.0 ${status}`,
    `Via: ${request.via.raw}`,
    `From: ${request.headers.get("From")}`,
    `To: ${request.to.tag === undefined && !status.startsWith("100") ? `${to};tag=${toTag}` : to}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    ...extra,
  ];
}

/** Registers over `phone`; the PBX takes any password. */
export function registered(world: EdgeWorld, phone: Party, o: RegisterOptions = {}): Request {
  phone.send(registerLines(phone, o));
  const pbx = world.pbx();
  const { message } = pbx.request("REGISTER");
  pbx.send(replyLines(message, "200 OK", ["Expires: 120"]));
  phone.response(200);
  return message;
}

export interface InviteOptions {
  readonly to?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly extra?: readonly string[];
}

export function inviteLines(party: Speaker, o: InviteOptions = {}): readonly string[] {
  const { address, port } = party.flow.packetSource;
  return [
    `INVITE ${o.to ?? `sip:600@${phoneDomain}`} SIP/2.0`,
    `Via: SIP/2.0/${party.flow.transport.toUpperCase()} ${address}:${port};branch=${branch()};rport`,
    "Max-Forwards: 70",
    `From: ${o.from ?? `<sip:1001@${phoneDomain}>`};tag=caller`,
    `To: <${o.to ?? `sip:600@${phoneDomain}`}>`,
    `Call-ID: ${o.callId ?? "call-of-the-phone"}`,
    "CSeq: 10 INVITE",
    `Contact: <sip:1001@${address}:${port}>`,
    ...(o.extra ?? []),
  ];
}

/** A request inside the dialog that `invite` and the 2xx (its To tag and Contact) made, from the caller's side. */
export function inDialogLines(
  party: Speaker,
  method: string,
  dialog: {
    readonly target: string;
    readonly from: string;
    readonly to: string;
    readonly callId: string;
    readonly cseq: number;
  },
  extra: readonly string[] = [],
): readonly string[] {
  const { address, port } = party.flow.packetSource;
  return [
    `${method} ${dialog.target} SIP/2.0`,
    `Via: SIP/2.0/${party.flow.transport.toUpperCase()} ${address}:${port};branch=${branch()};rport`,
    "Max-Forwards: 70",
    `From: ${dialog.from}`,
    `To: ${dialog.to}`,
    `Call-ID: ${dialog.callId}`,
    `CSeq: ${dialog.cseq} ${method}`,
    ...extra,
  ];
}
