import { expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, sdp } from "../media-bench.ts";

const plain = { ...phoneLeg, srtp: "off" as const };
const page = { ...phoneLeg, browser: true, keying: ["dtls"] as const };
const rtpmaps = ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 H264/90000"];
const video = (proto: string, formats: string, ...more: readonly string[]) =>
  sdp("198.51.100.7", `m=video 4000 ${proto} ${formats}`, ...rtpmaps, ...more);
const feedback = ["96 nack", "96 nack pli", "* ccm fir", "97 nack pli", "96 goog-remb"].map((fb) => `a=rtcp-fb:${fb}`);
const told = (text: string) => linesOf(text, "a=rtcp-fb:");

test("who offered feedback and is answered without may still ask for a whole picture, as far as it said it would", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", video("RTP/AVPF", "96 97", ...feedback), plain);
  expect(told(await bench.answer("b", video("RTP/AVP", "96")))).toEqual(["96 nack pli", "* ccm fir"]);
  expect(told(await bench.answer("b", video("RTP/AVPF", "96", "a=rtcp-fb:96 nack")))).toEqual(["96 nack"]);
});

test("a page that is offered pictures of somebody without feedback may ask for a whole one; a phone hears nothing of it", async () => {
  const bench = await MediaBench.start({}, true);
  const offer = (callee: typeof page | typeof plain) => bench.offer("a", video("RTP/AVP", "96"), coreLeg, callee);
  expect(told(await offer(page))).toEqual(["* nack pli", "* ccm fir"]);
  bench.media.rollback("c1");
  expect(told(await offer(plain))).toEqual([]);
});

test("a page's long list of formats crosses whole: each has its a=rtpmap", async () => {
  const types = Array.from({ length: 24 }, (_, at) => String(96 + at));
  const below = types.flatMap((type) => [
    `a=rtpmap:${type} H264/90000`,
    ...["goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"].map((fb) => `a=rtcp-fb:${type} ${fb}`),
    `a=fmtp:${type} packetization-mode=1`,
  ]);
  const bench = await MediaBench.start();
  const offer = sdp("198.51.100.7", `m=video 4000 RTP/AVPF ${types.join(" ")}`, ...below);
  const text = await bench.offer("a", offer, plain);
  expect(linesOf(text, "a=rtpmap:").map((line) => line.split(" ")[0])).toEqual(types);
  expect(told(text)).toHaveLength(24 * 5);
});
