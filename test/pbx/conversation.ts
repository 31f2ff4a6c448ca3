import { defaultKnobs, type Knobs } from "./knobs.ts";
import { type Pbx, startPbx } from "./pbx.ts";
import { answerTo, authorization, field, newBranch, newId, openPhone, type Phone } from "./phone.ts";
import type { Listen, TransportName } from "./transport.ts";

/** What the stand-in's tests say to it: register, call, answer. */

const password = (user: string): string => `secret-${user}`;

const users = ["1001", "1002", "1003"];

export interface LabOptions {
  readonly knobs?: Partial<Knobs>;
  readonly transports?: readonly TransportName[];
  readonly data?: object;
}

/** A stand-in on free ports with three extensions; RTP ports come from a range that no other suite uses. */
export function startLab(options: LabOptions = {}): Promise<Pbx> {
  const transports = options.transports ?? ["udp"];
  return startPbx({
    listen: transports.map((transport) => ({ transport, address: "127.0.0.1", port: 0 })),
    data: {
      accounts: users.map((user) => ({ user, password: password(user), oneNumber: user === "1003" })),
      ...options.data,
    },
    rtp: { address: "127.0.0.1", first: 18_400, last: 18_999 },
    knobs: { ...defaultKnobs(), ...options.knobs },
  });
}

/** For `expect.poll`: a call of the stand-in is over in moments, so it looks often. */
export const patience = { interval: 5 };

export const listener = (pbx: Pbx, transport: TransportName = "udp"): Listen => {
  const found = pbx.listening.find((l) => l.transport === transport);
  if (found === undefined) throw new Error(`no ${transport} listener`);
  return found;
};

export const phoneOf = (pbx: Pbx, transport: TransportName = "udp"): Promise<Phone> =>
  openPhone(listener(pbx, transport));

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly seq: number;
  readonly extra?: readonly string[];
  readonly branch?: string;
  readonly transport?: TransportName;
}

export function requestText(phone: Phone, parts: RequestParts): string {
  const transport = (parts.transport ?? "udp").toUpperCase();
  return [
    `${parts.method} ${parts.uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${phone.host};branch=${parts.branch ?? newBranch()};alias;rport`,
    `From: ${parts.from}`,
    `To: ${parts.to}`,
    `Call-ID: ${parts.callId}`,
    `CSeq: ${parts.seq} ${parts.method}`,
    "Max-Forwards: 70",
    ...(parts.extra ?? []),
  ].join("\n");
}

export interface RegisterOptions {
  readonly contact?: string;
  readonly expires?: number;
  readonly password?: string;
  readonly transport?: TransportName;
}

/** The 401 dance; returns the final answer to the second REGISTER. */
export async function register(phone: Phone, user: string, options: RegisterOptions = {}): Promise<string> {
  const uri = "sip:pbx.example";
  const callId = newId();
  const parts = {
    method: "REGISTER",
    uri,
    from: `<sip:${user}@pbx.example>;tag=${newId()}`,
    to: `<sip:${user}@pbx.example>`,
  };
  const contact = options.contact ?? `<sip:${user}@${phone.host}>`;
  const extra = [`Contact: ${contact}`, `Expires: ${options.expires ?? 300}`];
  const transport = options.transport ?? "udp";
  phone.send(requestText(phone, { ...parts, callId, seq: 1, extra, transport }));
  const challenge = await phone.next("401");
  const proof = authorization(
    field(challenge, "WWW-Authenticate") ?? "",
    user,
    options.password ?? password(user),
    "REGISTER",
    uri,
  );
  const authorized = [...extra, `Authorization: ${proof}`];
  phone.send(requestText(phone, { ...parts, callId, seq: 2, extra: authorized, transport }));
  return phone.next("SIP/2.0", (text) => field(text, "CSeq") === "2 REGISTER");
}

export const offer = (port: number, more = ""): string =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=phone\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=tool:phone\r\nm=audio ${port} RTP/AVP 0 101\r\n` +
  `b=AS:80\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n${more}`;

const sdpType = "Content-Type: application/sdp";

/** One call as its caller sees it; `tag` of the far side once it is known. */
export interface Dialled {
  readonly phone: Phone;
  readonly user: string;
  readonly number: string;
  readonly callId: string;
  readonly branch: string;
  readonly localTag: string;
  readonly transport: TransportName;
}

export interface InviteOptions {
  readonly body?: string;
  readonly extra?: readonly string[];
  readonly transport?: TransportName;
  readonly uri?: string;
  readonly contact?: string;
}

export function invite(phone: Phone, user: string, number: string, options: InviteOptions = {}): Dialled {
  const transport = options.transport ?? "udp";
  const call = { phone, user, number, callId: newId(), branch: newBranch(), localTag: newId(), transport };
  const body = options.body ?? offer(phone.port + 1);
  const contact = options.contact ?? `<sip:${user}@${phone.host}>`;
  const extra = [`Contact: ${contact}`, ...(body === "" ? [] : [sdpType]), ...(options.extra ?? [])];
  phone.send(initial(call, "INVITE", extra, options.uri), body);
  return call;
}

const initial = (call: Dialled, method: string, extra: readonly string[], uri?: string): string =>
  requestText(call.phone, {
    method,
    uri: uri ?? `sip:${call.number}@pbx.example`,
    from: `<sip:${call.user}@pbx.example>;tag=${call.localTag}`,
    to: `<sip:${call.number}@pbx.example>`,
    callId: call.callId,
    seq: 1,
    extra,
    branch: call.branch,
    transport: call.transport,
  });

export const cancel = (call: Dialled): void => call.phone.send(initial(call, "CANCEL", []));

/** A later request of the caller; `ok` is the 200 to its INVITE. ACK takes the INVITE's number. */
export function within(
  call: Dialled,
  ok: string,
  method: string,
  seq: number,
  extra: readonly string[] = [],
  body = "",
): void {
  const contact = field(ok, "Contact") ?? "";
  const text = requestText(call.phone, {
    method,
    uri: contact.slice(1, -1),
    from: field(ok, "From") ?? "",
    to: field(ok, "To") ?? "",
    callId: call.callId,
    seq,
    extra: [...extra, `Contact: <sip:${call.user}@${call.phone.host}>`, ...(body === "" ? [] : [sdpType])],
    transport: call.transport,
  });
  call.phone.send(text, body);
}

export const answer = (phone: Phone, request: string, user: string, body = offer(phone.port + 1)): void =>
  phone.send(answerTo(request, "200 OK", [`Contact: <sip:${user}@${phone.host}>`, sdpType]), body);

/** Two registered phones and a call between them, answered and acknowledged. */
export async function connected(pbx: Pbx) {
  const [alice, bob] = [await phoneOf(pbx), await phoneOf(pbx)];
  await register(alice, "1001");
  await register(bob, "1002");
  const call = invite(alice, "1001", "1002");
  const received = await bob.next("INVITE");
  answer(bob, received, "1002");
  const ok = await alice.next("200 OK", (text) => (field(text, "CSeq") ?? "").endsWith("INVITE"));
  within(call, ok, "ACK", 1);
  await bob.next("ACK");
  return { alice, bob, call, received, ok };
}

/** A request of the called phone inside the dialog that the INVITE `received` made. */
export function fromCallee(
  phone: Phone,
  received: string,
  method: string,
  seq: number,
  extra: readonly string[] = [],
  body = "",
): void {
  const text = requestText(phone, {
    method,
    uri: (field(received, "Contact") ?? "").slice(1, -1),
    from: `${field(received, "To")};tag=phonetag`,
    to: field(received, "From") ?? "",
    callId: field(received, "Call-ID") ?? "",
    seq,
    extra: [...extra, `Contact: <sip:phone@${phone.host}>`, ...(body === "" ? [] : [sdpType])],
  });
  phone.send(text, body);
}
