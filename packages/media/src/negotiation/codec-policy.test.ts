import { expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const phone = { ...phoneLeg, srtp: "off" as const };
const here = "198.51.100.7";
const pbx = "10.0.0.5";
const offer = sdp(
  here,
  "m=audio 4000 RTP/AVP 111 9 8 0 13 101 118",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 useinbandfec=1",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=rtpmap:118 CN/16000",
  "a=ptime:20",
);

/** Payload types written, or the refusal. */
function formatsOf(text: string, line = 0): string {
  return linesOf(text, "m=")[line]?.split(" ").slice(3).join(" ") ?? text;
}

// policy of the phone, of the PBX, and the payload types that reach the PBX
const offers: readonly (readonly [string, readonly string[] | undefined, readonly string[] | undefined, string])[] = [
  ["no policy", undefined, undefined, "111 9 8 0 13 101 118"],
  ["the PBX's order", undefined, ["PCMU", "PCMA"], "0 8 13 101 118"],
  ["the phone's, where the PBX has none", ["PCMA", "opus"], undefined, "8 111 13 101 118"],
  [
    "both: what both allow, in the order of who reads it",
    ["opus", "PCMA", "PCMU"],
    ["pcmu", "OPUS"],
    "0 111 13 101 118",
  ],
  ["none in common", ["opus"], ["PCMU"], "488 no-common-codec"],
  ["a codec nobody offers", ["AMR-WB"], undefined, "488 no-common-codec"],
  ["tones alone are no codec", ["telephone-event"], undefined, "488 no-common-codec"],
];
test.each(offers)("an offer under %s", async (_what, ours, theirs, expected) => {
  const bench = await MediaBench.start();
  const text = await bench.offer("a", offer, { ...phone, codecs: ours }, { ...coreLeg, codecs: theirs });
  expect(formatsOf(text)).toBe(expected);
});

test("what speaks of a codec that is gone goes with it; numbers stay what they were", async () => {
  const bench = await MediaBench.start();
  const text = await bench.offer("a", offer, phone, { ...coreLeg, codecs: ["PCMU"] });
  expect(text).not.toContain(":111");
  expect(linesOf(text, "a=fmtp:")).toEqual(["101 0-16"]);
  expect(linesOf(text, "a=rtpmap:")).toEqual(["101 telephone-event/8000", "118 CN/16000"]);
});

test("an answer is held to the same lists, in the order of who asked", async () => {
  const bench = await MediaBench.start();
  const leg = { ...phone, codecs: ["PCMA", "PCMU"] };
  await bench.offer("a", offer, leg);
  const answer = sdp(pbx, "m=audio 5000 RTP/AVP 0 8 18 101", "a=rtpmap:101 telephone-event/8000");
  expect(formatsOf(await bench.answer("b", answer))).toBe("8 0 101");
  expect(await bench.answer("b", sdp(pbx, "m=audio 5000 RTP/AVP 18"))).toBe("488 no-common-codec");
});

test("a picture whose codecs are not on the list is off, and the sound goes on", async () => {
  const bench = await MediaBench.start();
  const both = `${offer}m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n`;
  const text = await bench.offer("a", both, { ...phone, codecs: ["PCMA"] });
  expect(portsOf(text).map((port) => port > 0)).toEqual([true, false]);
});

test("retransmission goes with the codec it is for", async () => {
  const video = sdp(
    here,
    "m=video 4000 RTP/AVPF 96 97 98 99",
    "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:98 H264/90000",
    "a=rtpmap:99 rtx/90000",
    "a=fmtp:99 apt=98",
    "a=rtcp-fb:* nack",
    "a=rtcp-fb:96 nack pli",
    "a=rtcp-fb:98 ccm fir",
  );
  const bench = await MediaBench.start();
  const text = await bench.offer("a", video, { ...phone, codecs: ["H264"] });
  expect(formatsOf(text)).toBe("98 99");
  expect(linesOf(text, "a=rtcp-fb:")).toEqual(["* nack", "98 ccm fir"]);
});
