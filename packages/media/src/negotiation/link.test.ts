/** What policy makes of what a peer offers, and of what it answers: keys, feedback, codecs, fax. */
import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";
import type { LegMedia } from "../media-port.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const phone = "198.51.100.7";
const pbx = "10.0.0.5";
const crypto = `a=crypto:1 ${suite} inline:${keyText(1)}`;
const print = `a=fingerprint:sha-256 ${new Array(32).fill("0A").join(":")}`;
const sha1 = `a=fingerprint:sha-1 ${new Array(20).fill("0A").join(":")}`;
const optional = { ...phoneLeg, srtp: "optional" as const };
const off = { ...phoneLeg, srtp: "off" as const };
const sdesOnly = { ...phoneLeg, keying: ["sdes"] as const };
const dtlsFirst = { ...phoneLeg, keying: ["dtls", "sdes"] as const };
const dtlsOnly = { ...phoneLeg, keying: ["dtls"] as const };
const audio = (proto: string, ...lines: readonly string[]) => sdp(phone, `m=audio 4000 ${proto} 0`, ...lines);

// what is offered, by whom, whether there is DTLS, and how it is answered: profile and "crypto", a setup or "plain"
const answers: readonly (readonly [string, string, LegMedia, boolean, string])[] = [
  ["RTP/AVP with a key (RFC 8643)", audio("RTP/AVP", crypto), optional, false, "RTP/AVP crypto"],
  ["the same where SRTP is required", audio("RTP/AVP", crypto), phoneLeg, false, "RTP/AVP crypto"],
  ["the same where it is off", audio("RTP/AVP", crypto), off, false, "RTP/AVP plain"],
  ["RTP/AVP with a key nobody can use", audio("RTP/AVP", "a=crypto:1 X inline:AAAA"), optional, false, "RTP/AVP plain"],
  ["RTP/AVP with a fingerprint", audio("RTP/AVP", print, "a=setup:actpass"), optional, true, "RTP/AVP passive"],
  ["the same without DTLS", audio("RTP/AVP", print, "a=setup:actpass"), optional, false, "RTP/AVP plain"],
  ["RTP/SAVPF with a fingerprint", audio("RTP/SAVPF", print, "a=setup:actpass"), phoneLeg, true, "RTP/SAVPF passive"],
  [
    "both ways of keying, SDES first",
    audio("RTP/SAVP", crypto, print, "a=setup:actpass"),
    phoneLeg,
    true,
    "RTP/SAVP crypto",
  ],
  ["both, DTLS first", audio("RTP/SAVP", crypto, print, "a=setup:actpass"), dtlsFirst, true, "RTP/SAVP passive"],
  ["both, DTLS first and not there", audio("RTP/SAVP", crypto, print), dtlsFirst, false, "RTP/SAVP crypto"],
  ["the passive side", audio("UDP/TLS/RTP/SAVP", print, "a=setup:passive"), phoneLeg, true, "UDP/TLS/RTP/SAVP active"],
  ["the active side", audio("UDP/TLS/RTP/SAVP", print, "a=setup:active"), phoneLeg, true, "UDP/TLS/RTP/SAVP passive"],
  ["no a=setup, which is active", audio("UDP/TLS/RTP/SAVP", print), phoneLeg, true, "UDP/TLS/RTP/SAVP passive"],
  ["SHA-1 beside SHA-256", audio("UDP/TLS/RTP/SAVP", sha1, print), phoneLeg, true, "UDP/TLS/RTP/SAVP passive"],
  ["SHA-1 alone", audio("UDP/TLS/RTP/SAVP", sha1), phoneLeg, true, "488 bad-fingerprint"],
  ["no fingerprint", audio("UDP/TLS/RTP/SAVP"), phoneLeg, true, "488 bad-fingerprint"],
  ["a fingerprint too short", audio("UDP/TLS/RTP/SAVP", print.slice(0, -3)), phoneLeg, true, "488 bad-fingerprint"],
  [
    "a connection to be held",
    audio("UDP/TLS/RTP/SAVP", print, "a=setup:holdconn"),
    phoneLeg,
    true,
    "488 bad-fingerprint",
  ],
  ["DTLS without the native part", audio("UDP/TLS/RTP/SAVP", print), phoneLeg, false, "488 dtls-not-supported"],
  ["DTLS where only SDES is allowed", audio("UDP/TLS/RTP/SAVP", print), sdesOnly, true, "488 keying-not-allowed"],
  ["SDES where only DTLS is allowed", audio("RTP/SAVP", crypto), dtlsOnly, true, "488 keying-not-allowed"],
  [
    "a fast window hint",
    audio("RTP/SAVP", `${crypto} WSH=128 FEC_ORDER=FEC_SRTP -X`),
    phoneLeg,
    false,
    "RTP/SAVP crypto",
  ],
  ["a key with lifetime and MKI", audio("RTP/SAVP", `${crypto}|2^20|1:4`), phoneLeg, false, "RTP/SAVP crypto"],
  ["a window that is none", audio("RTP/SAVP", `${crypto} WSH=1`), phoneLeg, false, "488 no-common-suite"],
  ["a key derivation rate", audio("RTP/SAVP", `${crypto} KDR=1`), phoneLeg, false, "488 no-common-suite"],
  [
    "SRTP without authentication",
    audio("RTP/SAVP", `${crypto} UNAUTHENTICATED_SRTP`),
    phoneLeg,
    false,
    "488 no-common-suite",
  ],
];
test.each(answers)("offered %s", async (_what, offer, leg, dtls, expected) => {
  const bench = await MediaBench.start({}, dtls);
  const offered = await bench.offer("a", offer, leg);
  const text = offered.startsWith("488") ? offered : await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0"));
  const keys = linesOf(text, "a=crypto:").length > 0 ? "crypto" : (linesOf(text, "a=setup:")[0] ?? "plain");
  expect(text.startsWith("488") ? text : `${linesOf(text, "m=")[0]?.split(" ")[2]} ${keys}`).toBe(expected);
});

test("an MKI names their key in their packets: ours carry none", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", audio("RTP/SAVP", `${crypto}|258:4`));
  const text = await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0"));
  expect(linesOf(text, "a=crypto:")[0]).not.toContain("|");
  const config = bench.engine.configOf(portsOf(text)[0] as number);
  expect(config?.inbound?.mki).toEqual(Uint8Array.of(0, 0, 1, 2));
  expect(config?.outbound?.mki).toBeUndefined();
});

// what the leg's policy is, and what it is offered
const offers: readonly (readonly [string, LegMedia, boolean, string])[] = [
  ["SDES first", phoneLeg, true, "RTP/SAVP crypto"],
  ["DTLS first", dtlsFirst, true, "UDP/TLS/RTP/SAVP actpass"],
  ["DTLS first, not there", dtlsFirst, false, "RTP/SAVP crypto"],
  ["DTLS only, not there", dtlsOnly, false, "488 dtls-not-supported"],
  ["a browser", { ...phoneLeg, browser: true }, true, "UDP/TLS/RTP/SAVPF actpass ice"],
  ["a browser that may not", { ...sdesOnly, browser: true }, true, "RTP/SAVP crypto"],
  ["opportunistic DTLS", { ...dtlsFirst, srtp: "opportunistic" }, true, "RTP/AVP actpass"],
  ["SRTP off", off, true, "RTP/AVP plain"],
];
test.each(offers)("a leg is offered by its policy: %s", async (_what, leg, dtls, expected) => {
  const bench = await MediaBench.start({}, dtls);
  const text = await bench.offer("a", sdp(pbx, "m=audio 5000 RTP/AVP 0"), coreLeg, leg);
  const keys = linesOf(text, "a=crypto:").length > 0 ? "crypto" : (linesOf(text, "a=setup:")[0] ?? "plain");
  const ice = linesOf(text, "a=ice-ufrag:").length > 0 ? " ice" : "";
  expect(text.startsWith("488") ? text : `${linesOf(text, "m=")[0]?.split(" ")[2]} ${keys}${ice}`).toBe(expected);
});

test("an offer with keys under RTP/AVP may be answered without: the call is in clear, and nothing else", async () => {
  const bench = await MediaBench.start();
  const leg = { ...phoneLeg, srtp: "opportunistic" as const };
  const toPhone = await bench.offer("a", sdp(pbx, "m=audio 5000 RTP/AVP 0"), coreLeg, leg);
  await bench.answer("b", audio("RTP/AVP"));
  const config = bench.engine.configOf(portsOf(toPhone)[0] as number);
  expect(config).toMatchObject({ inbound: undefined, outbound: undefined, awaitsKeys: false });
  await bench.answer("b", audio("RTP/AVP", crypto));
  expect(bench.engine.configOf(portsOf(toPhone)[0] as number)?.inbound?.suite).toBe(suite);
});

test.each(["actpass", "holdconn"])("an answer with a=setup:%s has not chosen, and is refused", async (setup) => {
  const bench = await MediaBench.start({}, true);
  await bench.offer("a", sdp(pbx, "m=audio 5000 RTP/AVP 0"), coreLeg, dtlsOnly);
  expect(await bench.answer("b", audio("UDP/TLS/RTP/SAVP", print, `a=setup:${setup}`))).toBe("488 bad-fingerprint");
});

test("threat L3: without a proven address our own first flight waits for theirs", async () => {
  const bench = await MediaBench.start({}, true);
  const offer = sdp("203.0.113.99", "m=audio 4000 UDP/TLS/RTP/SAVP 0", print, "a=setup:passive");
  await bench.offer("a", offer, phoneLeg);
  const [port = 0] = portsOf(await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0")));
  expect(bench.transports.terms.get(bench.engine.pairOn(port))).toMatchObject({ ice: undefined, signalled: undefined });
});

test("ICE: the same credentials go on, others are a restart and get others of ours", async () => {
  const bench = await MediaBench.start({}, true);
  const ice = (ufrag: string) => [`a=ice-ufrag:${ufrag}`, "a=ice-pwd:theirpasswordtheirsecret1"];
  const call = async (ufrag: string) => {
    await bench.offer("a", audio("UDP/TLS/RTP/SAVPF", print, "a=setup:actpass", "a=rtcp-mux", ...ice(ufrag)));
    return linesOf(await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0")), "a=ice-ufrag:")[0];
  };
  const first = await call("one1");
  expect(await call("one1")).toBe(first);
  expect(await call("two2")).not.toBe(first);
});

test("with ICE c=0.0.0.0 and port 9 say nothing: the peer is where its checks come from", async () => {
  const bench = await MediaBench.start({}, true);
  const ice = ["a=ice-ufrag:user", "a=ice-pwd:theirpasswordtheirsecret1", "a=rtcp-mux"];
  const offer = sdp("0.0.0.0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", print, "a=setup:actpass", ...ice);
  expect(linesOf(await bench.offer("a", offer), "a=sendrecv").length).toBe(1);
  const [port = 0] = portsOf(await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0")));
  const config = bench.engine.configOf(port);
  expect(config).toMatchObject({ send: true, latch: { signalled: undefined, sendAtOnce: false, learnFrom: [] } });
});

test("a peer as lite as we are does no checks: it is sent to as without ICE", async () => {
  const bench = await MediaBench.start({}, true);
  const lite = ["a=ice-ufrag:user", "a=ice-pwd:theirpasswordtheirsecret1"];
  const offer = sdp(phone, "a=ice-lite", "m=audio 4000 UDP/TLS/RTP/SAVPF 0", print, "a=setup:actpass", ...lite);
  await bench.offer("a", offer);
  const text = await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0"));
  expect(text).not.toContain("ice");
});

test("feedback goes to AVPF only, and reduced-size RTCP only where both ends have it", async () => {
  const lines = ["a=rtcp-fb:96 nack pli", "a=rtcp-rsize"];
  const video = (address: string, proto: string, ...more: readonly string[]) =>
    sdp(address, `m=video 4000 ${proto} 96`, "a=rtpmap:96 VP8/90000", ...more);
  const told = (text: string) => linesOf(text, "a=rtcp-");
  const bench = await MediaBench.start();
  const rules = (text: string) => bench.engine.configOf(portsOf(text)[0] as number)?.rtcp;
  expect(told(await bench.offer("a", video(phone, "RTP/AVPF", ...lines), off))).toEqual(["fb:96 nack pli", "rsize"]);
  const answered = await bench.answer("b", video(pbx, "RTP/AVPF", ...lines));
  expect(told(answered)).toEqual(["fb:96 nack pli", "rsize"]);
  expect(rules(answered)).toEqual({ feedback: true, reducedSize: true });
  expect(rules(await bench.answer("b", video(pbx, "RTP/AVPF")))).toEqual({ feedback: true, reducedSize: false });
  expect(rules(await bench.answer("b", video(pbx, "RTP/AVP")))).toEqual({ feedback: false, reducedSize: false });
  const plain = await MediaBench.start();
  expect(told(await plain.offer("a", video(phone, "RTP/AVP", ...lines), off))).toEqual([]);
  expect(told(await plain.answer("b", video(pbx, "RTP/AVP", ...lines)))).toEqual([]);
  const asked = await MediaBench.start();
  await asked.offer("a", video(phone, "RTP/AVPF"), off);
  expect(told(await asked.answer("b", video(pbx, "RTP/AVPF", "a=rtcp-rsize")))).toEqual([]);
});

test("sound is offered as AVP whatever it came as: an old PBX refuses AVPF", async () => {
  const bench = await MediaBench.start();
  const text = await bench.offer("a", audio("RTP/SAVPF", crypto, "a=rtcp-fb:0 nack"));
  expect([linesOf(text, "m=")[0]?.split(" ")[2], linesOf(text, "a=rtcp-fb")]).toEqual(["RTP/AVP", []]);
  expect(linesOf(await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 0")), "m=")[0]).toContain("RTP/SAVPF");
});
