/** Fax over T.38: UDPTL relayed as it comes, and the re-INVITEs that turn a call into one and back. */
import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const here = "198.51.100.7";
const pbx = "10.0.0.5";
const open = { ...phoneLeg, srtp: "off" as const, t38: true };
const voice = (address: string, port = 4000) => sdp(address, `m=audio ${port} RTP/AVP 8`);
const fax = (address: string, port = 4002, proto = "udptl", ...more: readonly string[]) =>
  sdp(
    address,
    `m=image ${port} ${proto} t38`,
    "a=T38FaxVersion:0",
    "a=T38MaxBitRate:14400",
    "a=T38FaxRateManagement:transferredTCF",
    "a=T38FaxUdpEC:t38UDPRedundancy",
    "a=T38FaxFillBitRemoval",
    "a=X-serial:12345",
    `a=candidate:1 1 UDP 1 ${address} 4002 typ host`,
    ...more,
  );

test("a call becomes a fax, and a call again: other ports, nothing learnt before counts", async () => {
  const bench = await MediaBench.start();
  const [before = 0] = portsOf(await bench.offer("a", voice(here), open));
  await bench.answer("b", voice(pbx, 5000));
  const toPhone = await bench.offer("b", fax(pbx, 5002), open);
  expect(linesOf(toPhone, "m=")[0]?.split(" ").slice(2)).toEqual(["udptl", "t38"]);
  expect(linesOf(toPhone, "a=")).toEqual([
    "T38FaxVersion:0",
    "T38MaxBitRate:14400",
    "T38FaxRateManagement:transferredTCF",
    "T38FaxUdpEC:t38UDPRedundancy",
    "T38FaxFillBitRemoval",
  ]);
  const [port = 0] = portsOf(await bench.answer("a", fax(here, 4002, "UDPTL")));
  expect(port).not.toBe(before);
  const config = bench.engine.configOf(port);
  expect(config).toMatchObject({ payload: "opaque", mux: false, inbound: undefined, awaitsKeys: false });
  expect(config?.latch).toMatchObject({ payloadTypes: [], signalled: { rtp: { address: pbx, port: 5002 } } });
  expect(bench.engine.open.size).toBe(2);
  await bench.offer("a", voice(here), open);
  expect(await bench.answer("b", voice(pbx, 5000))).toContain("m=audio");
  expect(bench.engine.open.size).toBe(2);
});

test("the other side wants no fax: the offer is undone, and the voice never stopped", async () => {
  const bench = await MediaBench.start();
  const [port = 0] = portsOf(await bench.offer("a", voice(here), open));
  await bench.answer("b", voice(pbx, 5000));
  const config = bench.engine.configOf(port);
  await bench.offer("a", fax(here), open);
  bench.media.rollback("c1");
  expect(bench.engine.configOf(port)).toBe(config);
  expect(bench.engine.open.size).toBe(2);
});

test("sound off and a fax in a line of its own, as some gateways switch", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", voice(here), open);
  await bench.answer("b", voice(pbx, 5000));
  const both = `${voice(here, 0)}m=image 4002 udptl t38\r\n`;
  expect(portsOf(await bench.offer("a", both, open)).map((port) => port > 0)).toEqual([false, true]);
  const answer = `${voice(pbx, 0)}m=image 5002 udptl t38\r\n`;
  expect(portsOf(await bench.answer("b", answer)).map((port) => port > 0)).toEqual([false, true]);
});

test("a fax is in clear: a side that says no refuses it, whichever offers", async () => {
  for (const [from, body] of [
    ["a", fax(here)],
    ["b", fax(pbx)],
  ] as const) {
    const bench = await MediaBench.start();
    expect(await bench.offer(from, body, phoneLeg)).toBe("488 t38-not-allowed");
  }
  const bench = await MediaBench.start();
  const key = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${keyText(1)}`;
  const both = `${sdp(here, "m=audio 4000 RTP/SAVP 8", key)}m=image 4002 udptl t38\r\n`;
  expect(portsOf(await bench.offer("a", both, phoneLeg, coreLeg)).map((port) => port > 0)).toEqual([true, false]);
});

test.each(["m=image 4002 RTP/AVP 8", "m=audio 4002 udptl t38", "m=image 4002 TCP/TLS/UDPTL t38"])(
  "%s is no fax we relay",
  async (line) => {
    const bench = await MediaBench.start();
    expect(await bench.offer("a", sdp(here, line), open)).toBe("488 no-media");
  },
);

test("a fax answered as voice is refused", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", fax(here), open);
  expect(await bench.answer("b", voice(pbx, 5000))).toBe("488 answer-mismatch");
});
