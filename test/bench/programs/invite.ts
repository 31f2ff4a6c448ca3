/** One INVITE through parser, checks, policy and serialiser, in steady state: µs of CPU of this thread for each. */
import { compile, loadConfig, type SignalSubject } from "@ringfence/policy";
import { checkRequest, parseMessage, type Request, serializeRequest } from "@ringfence/sip";
import { answering } from "../load/child.ts";
import type { InviteCost } from "../load/invite.ts";

const sdp = [
  "v=0",
  "o=- 3827 3827 IN IP4 192.0.2.7",
  "s=-",
  "c=IN IP4 192.0.2.7",
  "t=0 0",
  "m=audio 49170 RTP/SAVP 0 8 9 101",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\r\n");

const invite = Buffer.from(
  [
    "INVITE sip:600@pbx.example.com;user=phone SIP/2.0",
    "Via: SIP/2.0/TLS 192.0.2.7:49152;rport;branch=z9hG4bKPj7bf1a2c3d4e5f60718293a4b;alias",
    "Max-Forwards: 70",
    'From: "Alice Example" <sip:1001@pbx.example.com>;tag=6f1c8b9a2d3e4f50',
    "To: <sip:600@pbx.example.com>",
    'Contact: <sip:1001@192.0.2.7:49152;transport=tls;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a959d4d5e>"',
    "Call-ID: 2d4f6a8c0e1b3d5f7a9c1e3b5d7f9a1c",
    "CSeq: 14711 INVITE",
    "Route: <sip:edge.example.com:5061;transport=tls;lr>",
    "Allow: PRACK, INVITE, ACK, BYE, CANCEL, UPDATE, INFO, SUBSCRIBE, NOTIFY, REFER, MESSAGE, OPTIONS",
    "Supported: replaces, 100rel, timer, norefersub",
    "Session-Expires: 1800",
    "Min-SE: 90",
    "User-Agent: Softphone 5.1.0",
    "Content-Type: application/sdp",
    `Content-Length: ${sdp.length}`,
    "",
    sdp,
  ].join("\r\n"),
  "latin1",
);

/** 1,000 denied blocks, 250 trunks with two sources each: more rules than a large site has. */
function largePolicy(): ReturnType<typeof compile> {
  const deny = Array.from({ length: 1_000 }, (_, i) => `100.${64 + (i >> 8)}.${i & 255}.0/24`);
  const trunks = Array.from({ length: 250 }, (_, i) => {
    return `  - { name: t${i}, hosts: [{ uri: "sip:192.0.2.${i}" }], from: [192.0.2.${i}, "2001:db8:${i.toString(16)}::/48"] }`;
  });
  const head = ['pbx: { address: "10.0.0.5:5060" }', "phones: { domains: [pbx.example.com] }"];
  const loaded = loadConfig([...head, `defence: { deny: [${deny.join(", ")}] }`, "trunks:", ...trunks].join("\n"));
  if (!loaded.ok) throw new Error(loaded.issues.map((issue) => issue.message).join("\n"));
  return compile(loaded.config);
}

const policy = largePolicy();
const load = {
  calls: 10,
  callsThisSecond: 1,
  callsOfAccount: 0,
  callsOfTrunk: 0,
  callsOfTrunkThisSecond: 0,
  unregisteredEmergencies: 0,
};
const rules = { methods: new Set(["INVITE", "ACK", "BYE", "CANCEL"]), extensions: new Set(["100rel"]) };

function parsed(): Request {
  const message = parseMessage(invite, "datagram");
  if (message.kind !== "request") throw new Error("the example cannot be read");
  return message;
}

function judged(request: Request): void {
  const target = request.requestUri;
  const subject: SignalSubject = {
    side: "phone",
    packetSource: "203.0.113.77",
    transport: "tls",
    method: request.method,
    inDialog: false,
    size: request.size,
    headerCount: request.headers.size,
    targetScheme: "sip",
    targetUser: target.kind === "sip" ? target.user : undefined,
    targetHost: target.kind === "sip" ? target.host : "",
    targetRaw: target.raw,
    number: policy.readNumber(target.kind === "sip" ? target.user : undefined),
    account: "1001",
    load,
  };
  const refused = checkRequest(request, rules) ?? policy.decideSignal(subject);
  if (!("action" in refused) || refused.action !== "allow") throw new Error("the example is refused");
}

function serialized({ headers, body }: Request): void {
  serializeRequest({ method: "INVITE", uri: "sip:600@pbx.example.com", headers, body });
}

/** Processor time of this thread: a busy neighbour shall not count. */
function microseconds(times: number, work: () => void): number {
  const start = process.threadCpuUsage();
  for (let time = 0; time < times; time++) work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / times;
}

/** The median of several long runs: one run alone may have met a garbage collection or a compilation. */
function steady(work: () => void): number {
  const runs = Array.from({ length: 9 }, () => microseconds(10_000, work)).sort((a, b) => a - b);
  return runs[4] ?? Number.NaN;
}

answering<object>((): InviteCost => {
  const request = parsed();
  const whole = steady(() => {
    const one = parsed();
    judged(one);
    serialized(one);
  });
  return {
    whole,
    parse: steady(parsed),
    policy: steady(() => judged(request)),
    serialize: steady(() => serialized(request)),
  };
});
