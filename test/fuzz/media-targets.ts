/** The invariants of what reaches media from the network and is read here in TypeScript, as fuzz targets. */
import { ok, strictEqual } from "node:assert";
import { parseSdp } from "@ringfence/sip";
import {
  classifyRtcp,
  classifyRtp,
  isMuxedRtcp,
  rtcpCompoundFits,
  rtpHeaderLength,
} from "../../packages/media/src/engine/classify.ts";
import { drop } from "../../packages/media/src/engine/drop-reason.ts";
import { IceAgent } from "../../packages/media/src/ice-lite/agent.ts";
import { integrityHolds, readBindingRequest } from "../../packages/media/src/ice-lite/stun.ts";
import { filterRtcp } from "../../packages/media/src/rtcp/rtcp-filter.ts";
import { type Bencodable, type Bencoded, decode, encode } from "../../packages/media/src/rtpengine/bencode.ts";
import { factsOf, frame, offer, readFrame, sdpOf, trafficOf } from "../../packages/media/src/rtpengine/ng-message.ts";
import { isToken } from "../../packages/media/src/sdp/crossing-attributes.ts";
import { type PeerStream, readDescription } from "../../packages/media/src/sdp/sdp-read.ts";
import { browserTerms, ourIdentity, TransportTable, theirIdentity } from "../support/browser-end.ts";
import { check, local, readAnswer, remote, resealed } from "../support/stun-check.ts";
import { type Dice, type FuzzTarget, mutate } from "./fuzz-driver.ts";
import { descriptions } from "./sdp-targets.ts";

const source = { address: "198.51.100.11", port: 50_000 };

/** What is read lies inside the packet; only who has our password is answered or selected, and is answered so that it can read it. */
function stunHolds(input: Uint8Array): void {
  const before = Buffer.from(input);
  const read = readBindingRequest(input);
  const agent = new IceAgent(local, remote, 0);
  const result = agent.onPacket(input, source, 1);
  ok(before.equals(input));
  const proven = read !== undefined && integrityHolds(read, Buffer.from(local.pwd));
  const named =
    read !== undefined && Buffer.from(read.username).toString("latin1") === `${local.ufrag}:${remote.ufrag}`;
  strictEqual(result !== undefined, proven && named);
  strictEqual(agent.selected, result?.select);
  if (read !== undefined) {
    strictEqual(read.transaction.length, 12);
    ok(read.integrityAt >= 20 && read.integrityAt + 24 <= input.length && input.length % 4 === 0);
    ok(read.unknown.every((type) => type < 0x8000) && read.priority >= 0 && read.priority < 2 ** 32);
  }
  if (result === undefined) return;
  const answered = readAnswer(result.response, local.pwd);
  ok(answered !== undefined && [0, 420, 487].includes(answered.code));
  strictEqual(answered.type, answered.code === 0 ? 0x0101 : 0x0111);
  ok(answered.code === 0 || result.select === undefined);
}

/** Half of all are sealed again with the right password, so that what lies behind integrity and fingerprint is reached. */
function stunInput(dice: Dice, seeds: readonly Uint8Array[]): Uint8Array {
  const input = mutate(dice, seeds);
  return dice(2) === 0 || input.length < 20 ? input : resealed(input);
}

/** Each datagram is one thing; RTP's header ends inside it; what crosses of RTCP is no longer than what came. */
function datagramHolds(input: Uint8Array): void {
  const { length } = input;
  const [rtp, rtcp] = [classifyRtp(input, length), classifyRtcp(input, length)];
  ok(rtp !== -1 || rtcp !== -1);
  const [stun, dtls] = [drop.stun, drop.dtls];
  strictEqual(rtp === stun, rtcp === stun);
  strictEqual(rtp === dtls, rtcp === dtls);
  ok(!isMuxedRtcp(input, length) || rtp !== -1);
  if (rtp === -1) ok(rtpHeaderLength(input, length) >= 12 && rtpHeaderLength(input, length) <= length);
  if (rtcp !== -1 || !rtcpCompoundFits(input, length)) return;
  const crossing = Buffer.from(input);
  const size = filterRtcp(crossing, length, { feedback: true, reducedSize: true });
  ok(size <= length && (size <= 0 || rtcpCompoundFits(crossing, size)));
}

/** Records from where the peer may be: one transport for many inputs, as a flood finds it. No keys, no exception, and the peer is served after. */
function dtlsHolds(input: Uint8Array): void {
  const table = new TransportTable();
  table.agree({ ...browserTerms(), ice: undefined });
  // As one datagram, and as two.
  table.control("dtls", input);
  const half = input.length >> 1;
  for (const part of [input.subarray(0, half), input.subarray(half)]) table.control("dtls", part);
  table.advance(1_000);
  strictEqual(table.keyed.length, 0);
}

/** Any value reads back as itself. */
function bencodeHolds(input: Uint8Array): void {
  const decoded = decode(input);
  if (decoded.ok) {
    const written = encode(bencodable(decoded.value));
    ok(written.length === input.length);
    const again = decode(written);
    ok(again.ok);
    ok(Buffer.from(encode(bencodable(again.value))).equals(written));
  }
  const framed = readFrame(input);
  if (framed?.reply.kind === "error") ok(framed.reply.reason.length <= 100);
  if (framed?.reply.kind !== "ok") return;
  ok(framed.cookie.length > 0 && framed.cookie.length <= 64);
  sdpOf(framed.reply.body);
  const traffic = trafficOf(framed.reply.body, 0);
  ok(traffic === undefined || (traffic.packets >= 0 && traffic.bytes >= 0));
  ok((factsOf(framed.reply.body)?.interfaces.length ?? 0) <= 64);
}

/** Without a prototype: no key of a peer's is a property of an object that has some. */
function bencodable(value: Bencoded): Bencodable {
  if (typeof value === "number" || value instanceof Uint8Array) return value;
  if (!(value instanceof Map)) return (value as readonly Bencoded[]).map(bencodable);
  const made: Record<string, Bencodable> = Object.create(null);
  for (const [key, item] of value) made[key] = bencodable(item);
  return made;
}

/** What may be written to the other leg is a line each, of what we know; where the peer is, is an address and ports that exist. */
function descriptionHolds(input: Uint8Array): void {
  for (const line of readDescription(input)?.lines ?? []) {
    if (line.kind === "off") ok(isToken(line.media) && line.proto.split("/").every(isToken));
    else streamHolds(line);
  }
}

function streamHolds({ endpoint, formats, crossing, mid }: PeerStream): void {
  ok(formats.length > 0 && formats.length <= 64 && (mid === undefined || isToken(mid)));
  if (endpoint !== undefined) ok(endpoint.rtpPort <= 65_534 && endpoint.rtcpPort <= 65_535);
  const lines = crossing.map(({ type, value }) => `${type}=${value}\r\n`).join("");
  const whole = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n${lines}`;
  const again = parseSdp(Buffer.from(whole, "latin1"));
  ok(again.kind !== "failure" || again.code === "too-many-lines");
  if (again.kind !== "failure") strictEqual(again.media[0]?.lines.length, crossing.length);
}

const checks = [
  check(),
  check({ useCandidate: true, priority: 0xffff_ffff }),
  check({ role: "controlled" }),
  check({ more: [[0x7fff, Buffer.from("unknown")]] }),
  check({ behindIntegrity: [[0x0025, Buffer.alloc(0)]] }),
  check({ leaveOut: "fingerprint" }),
  check({ username: "them:ours" }),
];

const hex = (...octets: readonly string[]): Buffer => Buffer.from(octets.join(""), "hex");
const datagrams = [
  hex("8000000100000064deadbeef", "00".repeat(160)),
  hex("9182ffff0000ffffdeadbeef", "01020304", "bede0001", "10aa0000", "ff".repeat(40)),
  hex("b265000100000064deadbeef", "00".repeat(8), "00000000", "00000004"),
  hex("80c80006deadbeef", "00".repeat(20), "81ca0003deadbeef", "01026162", "00000000"),
  hex("81cd0003deadbeefcafebabe00010002", "8fce0004deadbeefcafebabe52454d4201000000"),
  hex("80cf000bdeadbeef07080008", "00".repeat(32)),
  check(),
];

const replies = [
  frame(
    "cookie",
    offer(
      { callId: "c", offerer: "a", answerer: "b", sdp: Buffer.from("v=0\r\n"), learning: "off" },
      {
        keying: "sdes",
        suites: [],
        family: "IP4",
        interfaces: ["outside", "inside"],
      },
    ),
  ),
  Buffer.from("c d6:result2:ok3:sdp5:v=0\r\n6:totalsd3:RTPd5:bytesi172e7:packetsi1eeee", "latin1"),
  Buffer.from("c d12:error-reason15:Unknown call-id6:result5:errore", "latin1"),
  Buffer.from("d10:statisticsd10:interfacesld4:name7:outsideee17:currentstatisticsd11:sessionsowni3eeee", "latin1"),
  Buffer.from("lli-1ei0ei999999999999999eelede", "latin1"),
];

function hellos(): readonly Uint8Array[] {
  const association = theirIdentity?.open({
    role: "active",
    fingerprints: [ourIdentity?.fingerprint ?? { hash: "sha-256", value: new Uint8Array(32) }],
    suites: ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"],
  });
  return association?.begin().datagrams ?? [];
}

const dtls: FuzzTarget = { name: "dtls-records", seeds: hellos(), run: dtlsHolds };

export const mediaTargets: readonly FuzzTarget[] = [
  { name: "stun", seeds: checks, run: stunHolds, generate: stunInput },
  { name: "datagram", seeds: datagrams, run: datagramHolds },
  { name: "ng", seeds: replies, run: bencodeHolds },
  { name: "media-sdp", seeds: descriptions, run: descriptionHolds },
  // Without native code there is no DTLS.
  ...(dtls.seeds.length > 0 ? [dtls] : []),
];
