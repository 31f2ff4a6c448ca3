/** With whom there is ICE: phones that offer it or registered with it, whatever their keys; the configuration says where others are. */
import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";
import type { LegMedia } from "../media-port.ts";

const optional = { ...phoneLeg, srtp: "optional" as const };
const names = ["a=ice-ufrag:theirs", "a=ice-pwd:theirpasswordtheirsecret1"];
const here = "198.51.100.7";
const plain = (...lines: readonly string[]) => sdp(here, "m=audio 4000 RTP/AVP 0", ...lines);
const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${keyText(1)}`;
const sdes = (...lines: readonly string[]) => sdp(here, "m=audio 4000 RTP/SAVP 0", crypto, ...lines);
const trunk: LegMedia = { ...phoneLeg, side: "trunk", srtp: "optional" };

const offers: readonly (readonly [string, string, LegMedia, boolean])[] = [
  ["plain RTP of a phone", plain(...names), optional, true],
  ["SDES of a phone", sdes(...names), optional, true],
  ["a phone that gave it up", plain(...names, "a=ice-mismatch"), optional, false],
  ["a phone without", plain(), optional, false],
  ["plain RTP of a carrier, which is where its configuration says", plain(...names), trunk, false],
];
test.each(offers)("%s", async (_what, offer, leg, ice) => {
  const bench = await MediaBench.start({}, true);
  await bench.offer("a", offer, leg);
  const answer = await bench.answer("b", sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0"));
  const [port] = portsOf(answer);
  expect(linesOf(answer, "a=candidate:").map((line) => Number(line.split(" ")[5]))).toEqual(
    ice ? [port, (port as number) + 1] : [],
  );
  expect(linesOf(answer, "a=ice-lite")).toHaveLength(ice ? 1 : 0);
  const config = bench.engine.configOf(port as number);
  expect(config?.control).toEqual({ stun: ice, dtls: false });
  expect(config?.latch.learnFrom).toEqual(ice ? [] : [phoneLeg.signallingAddress]);
  const terms = [...bench.transports.terms.values()].map(({ checksFrom }) => checksFrom);
  expect(terms, "without a handshake only from where it signals").toEqual(ice ? [phoneLeg.signallingAddress] : []);
});

const answers: readonly (readonly [string, LegMedia, readonly string[], boolean, boolean])[] = [
  ["that registered with it and takes it", { ...optional, ice: true }, names, true, true],
  ["that registered with it and leaves it", { ...optional, ice: true }, [], true, false],
  ["that said nothing of it", optional, names, false, false],
];
test.each(answers)("a phone that is called, %s", async (_what, leg, lines, offered, agreed) => {
  const bench = await MediaBench.start({}, true);
  const offer = await bench.offer("a", sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0"), coreLeg, leg);
  expect(linesOf(offer, "a=ice-ufrag:")).toHaveLength(offered ? 1 : 0);
  expect(linesOf(offer, "a=group:")).toEqual([]);
  await bench.answer("b", sdes(...lines));
  expect(bench.engine.configOf(portsOf(offer)[0] as number)?.control.stun).toBe(agreed);
});

test("a re-INVITE keeps whom its checks selected; one without ICE ends it", async () => {
  const bench = await MediaBench.start({}, true);
  const call = async (offer: string) => {
    await bench.offer("a", offer, optional);
    return bench.answer("b", sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0"));
  };
  const first = linesOf(await call(plain(...names)), "a=ice-ufrag:");
  expect(linesOf(await call(plain(...names, "a=sendonly")), "a=ice-ufrag:")).toEqual(first);
  expect(bench.transports.terms.size).toBe(1);
  expect(linesOf(await call(plain()), "a=ice-")).toEqual([]);
  expect(bench.transports.terms.size).toBe(0);
});
