import { expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const plainPhone = { ...phoneLeg, srtp: "off" as const };

test("nothing of the other side crosses but codecs, packet times, bandwidth and direction", async () => {
  const bench = await MediaBench.start();
  const offer = sdp(
    "192.168.1.8",
    "a=ice-lite",
    "a=group:BUNDLE 0",
    "m=audio 4000 RTP/AVP 0 101",
    "i=private title",
    "c=IN IP4 192.168.1.8",
    "b=AS:64",
    "b=X-SECRET:1",
    "k=clear:secret",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=rtpmap:8 PCMA/8000",
    "a=fmtp:101 0-16",
    "a=ptime:20",
    "a=maxptime:60",
    "a=rtcp:4001 IN IP4 192.168.1.8",
    "a=rtcp-mux",
    "a=mid:0",
    "a=ssrc:1 cname:alice@192.168.1.8",
    "a=candidate:1 1 UDP 1 192.168.1.8 4000 typ host",
    "a=ice-ufrag:secret",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
    "a=fingerprint:sha-256 AA",
    "a=setup:actpass",
    "a=X-unknown:192.168.1.8",
    "a=sendrecv",
  );
  const text = await bench.offer("a", offer, plainPhone);
  const origin = linesOf(text, "o=")[0] ?? "";
  expect(text).toBe(
    [
      "v=0",
      `o=${origin}`,
      "s=-",
      "c=IN IP4 10.0.0.2",
      "t=0 0",
      `m=audio ${portsOf(text)[0]} RTP/AVP 0 101`,
      "b=AS:64",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-16",
      "a=ptime:20",
      "a=maxptime:60",
      "a=sendrecv",
      "",
    ].join("\r\n"),
  );
  expect(origin.endsWith(" 1 IN IP4 10.0.0.2")).toBe(true);
  expect(origin.startsWith("- ")).toBe(true);
  for (const secret of ["192.168", "alice", "secret", "2890844526"]) expect(text).not.toContain(secret);
});

const crossing: readonly (readonly [string, string, string | undefined])[] = [
  ["channels", "a=rtpmap:0 opus/48000/2", "a=rtpmap:0 opus/48000/2"],
  ["feedback for all", "a=rtcp-fb:* nack pli", "a=rtcp-fb:* nack pli"],
  ["feedback for one", "a=rtcp-fb:0 ccm fir", "a=rtcp-fb:0 ccm fir"],
  ["a decimal frame rate", "a=framerate:29.97", "a=framerate:29.97"],
  ["a map of an unlisted payload type", "a=rtpmap:8 PCMA/8000", undefined],
  ["a clock that is no number", "a=rtpmap:0 PCMU/80x0", undefined],
  ["an encoding with a space", "a=rtpmap:0 PC MU/8000", undefined],
  ["octets above ASCII", "a=fmtp:0 caf\u00e9", undefined],
  ["a value that goes on for ever", `a=fmtp:0 ${"x".repeat(600)}`, undefined],
  ["a packet time that is no number", "a=ptime:20;evil", undefined],
  ["a prototype's name", "a=__proto__:1", undefined],
];
test.each(crossing)("%s", async (_what, line, expected) => {
  const bench = await MediaBench.start();
  const text = await bench.offer("a", sdp("198.51.100.7", "m=video 4000 RTP/AVPF 0", line), plainPhone);
  const found = text.split("\r\n").filter((written) => /^(a=(?!sendrecv))/.test(written));
  expect(found).toEqual(expected === undefined ? [] : [expected]);
});

test("lines keep their number and order; what cannot be relayed is port 0 on both sides", async () => {
  const bench = await MediaBench.start();
  const offer = sdp(
    "198.51.100.7",
    "m=message 2855 TCP/MSRP *",
    "m=audio 4000 RTP/AVP 0",
    "m=image 4002 udptl t38",
    "m=video 4004 RTP/AVPF 96",
    "m=audio 49170/2 RTP/AVP 0",
  );
  const heads = (text: string) =>
    linesOf(text, "m=").map((line) =>
      line
        .split(" ")
        .filter((_w, i) => i !== 1 || line.includes(" 0 "))
        .join(" "),
    );
  const expected = [
    "message 0 TCP/MSRP *",
    "audio RTP/AVP 0",
    "image 0 udptl t38",
    "video RTP/AVPF 96",
    "audio 0 RTP/AVP 0",
  ];
  const text = await bench.offer("a", offer, plainPhone);
  expect(portsOf(text).map((port) => port > 0)).toEqual([false, true, false, true, false]);
  const answer = sdp(
    "10.0.0.5",
    "m=message 0 TCP/MSRP *",
    "m=audio 5000 RTP/AVP 0",
    "m=image 0 udptl t38",
    "m=video 5004 RTP/AVPF 96",
    "m=audio 0 RTP/AVP 0",
  );
  expect(heads(await bench.answer("b", answer)).map((head) => head.split(" ")[0])).toEqual(
    expected.map((head) => head.split(" ")[0]),
  );
});

test("one offer cannot take the whole range: streams beyond the sixth are refused", async () => {
  const bench = await MediaBench.start();
  const lines = Array.from({ length: 20 }, (_, i) => `m=audio ${4000 + 2 * i} RTP/AVP 0`);
  const text = await bench.offer("a", sdp("198.51.100.7", ...lines), plainPhone);
  expect(portsOf(text).filter((port) => port > 0).length).toBe(6);
  expect(portsOf(text).length).toBe(20);
});

test("a phone that offers the same stream secure and in clear gets the one its policy allows", async () => {
  const bench = await MediaBench.start();
  const key = Buffer.alloc(30, 1).toString("base64");
  const offer = sdp(
    "198.51.100.7",
    "m=audio 4000 RTP/AVP 0",
    "m=audio 4000 RTP/SAVP 0",
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`,
  );
  expect(portsOf(await bench.offer("a", offer)).map((port) => port > 0)).toEqual([false, true]);
});

const rtcp: readonly (readonly [string, number])[] = [
  ["a=rtcp:4010", 4010],
  ["a=rtcp:4010 IN IP4 198.51.100.7", 4010],
  ["a=rtcp:4010 IN IP4 192.0.2.1", 4001],
  ["a=rtcp:4000", 4001],
  ["a=rtcp:53", 4001],
  ["a=rtcp:99999", 4001],
  ["a=ptime:20", 4001],
];
test.each(rtcp)("%s: RTCP goes to port %i of the media's address", async (line, port) => {
  const bench = await MediaBench.start();
  await bench.offer("a", sdp("198.51.100.7", "m=audio 4000 RTP/AVP 0", line), plainPhone);
  const ours = portsOf(await bench.answer("b", sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0")))[0] as number;
  expect(bench.engine.configOf(ours)?.latch.signalled?.rtcp).toEqual({ address: "198.51.100.7", port });
});

test("an IPv6 leg is written as one", async () => {
  const bench = await MediaBench.start();
  const leg = { ...coreLeg, localAddress: "::", advertisedAddress: "2001:db8::1" };
  const text = await bench.offer("a", sdp("198.51.100.7", "m=audio 4000 RTP/AVP 0"), plainPhone, leg);
  expect(linesOf(text, "c=")).toEqual(["IN IP6 2001:db8::1"]);
});
