/** Prints the cost of one INVITE through the parser and the serialiser, in steady state. `node test/bench/parse.ts` */
import { type Message, parseMessage, serializeRequest } from "@ringfence/sip";

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

function parsed(): Message {
  const message = parseMessage(invite, "datagram");
  if (message.kind === "failure") throw new Error(message.text);
  return message;
}

/** Processor time of this thread: a busy neighbour shall not count. */
function microseconds(rounds: number, work: () => void): number {
  const start = process.threadCpuUsage();
  for (let round = 0; round < rounds; round++) work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / rounds;
}

/** The median of several long runs: one run alone may have met a garbage collection or a compilation. */
function steady(work: () => void): number {
  const runs = Array.from({ length: 15 }, () => microseconds(10_000, work)).sort((a, b) => a - b);
  return Number((runs[7] ?? Number.NaN).toFixed(1));
}

const message = parsed();
const out = { method: "INVITE", uri: "sip:600@pbx.example.com", headers: message.headers, body: message.body };
const figures = {
  node: process.version,
  octets: invite.length,
  parseMicroseconds: steady(parsed),
  serializeMicroseconds: steady(() => serializeRequest(out)),
  bothMicroseconds: steady(() => {
    const { headers, body } = parsed();
    serializeRequest({ ...out, headers, body });
  }),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
