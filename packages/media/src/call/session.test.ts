import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";

const suite80 = "AES_CM_128_HMAC_SHA1_80";
const suite32 = "AES_CM_128_HMAC_SHA1_32";
const gcm = "AEAD_AES_128_GCM";
const phone = "198.51.100.7";
const pbx = "10.0.0.5";
const plainPhone = { ...phoneLeg, srtp: "off" as const };

const savp = (fill = 1, port = 4000) =>
  sdp(phone, `m=audio ${port} RTP/SAVP 0`, `a=crypto:1 ${suite80} inline:${keyText(fill)}`);
const avp = (address: string, port = 5000, ...more: readonly string[]) =>
  sdp(address, `m=audio ${port} RTP/AVP 0`, ...more);

/** Ours: [tag, suite, key as base64]. */
function crypto(text: string): readonly (readonly string[])[] {
  return linesOf(text, "a=crypto:").map((line) => line.replace("inline:", "").split(" "));
}

test("SRTP phone to RTP PBX: the PBX is offered RTP/AVP, the phone is answered with its tag and a key of ours", async () => {
  const bench = await MediaBench.start();
  const toPbx = await bench.offer("a", savp(1));
  expect(linesOf(toPbx, "m=")[0]).toContain(" RTP/AVP 0");
  expect(crypto(toPbx)).toEqual([]);
  const toPhone = await bench.answer("b", avp(pbx));
  expect(linesOf(toPhone, "m=")[0]).toContain(" RTP/SAVP 0");
  const [[tag, suite, key] = []] = crypto(toPhone);
  expect([tag, suite]).toEqual(["1", suite80]);
  const config = bench.engine.configOf(portsOf(toPhone)[0] as number);
  expect(Buffer.from(config?.inbound?.key ?? []).toString("base64")).toBe(keyText(1));
  expect(Buffer.from(config?.outbound?.key ?? []).toString("base64")).toBe(key);
  expect(key).not.toBe(keyText(1));
  expect(bench.engine.configOf(portsOf(toPbx)[0] as number)).toMatchObject({ inbound: undefined, outbound: undefined });
});

test("RTP PBX to SRTP phone: the phone is offered one fresh key a suite, and its choice becomes the key", async () => {
  const bench = await MediaBench.start();
  const toPhone = await bench.offer("a", avp(pbx), coreLeg, phoneLeg);
  const offered = crypto(toPhone);
  expect(offered.map(([tag, suite]) => [tag, suite])).toEqual([
    ["1", suite80],
    ["2", suite32],
    ["3", gcm],
  ]);
  expect(new Set(offered.map(([, , key]) => key)).size).toBe(3);
  expect(Buffer.from(offered[2]?.[2] ?? "", "base64").length).toBe(28);
  const toPbx = await bench.answer(
    "b",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:2 ${suite32} inline:${keyText(9)}`),
  );
  expect(linesOf(toPbx, "m=")[0]).toContain(" RTP/AVP 0");
  const config = bench.engine.configOf(portsOf(toPhone)[0] as number);
  expect(config?.inbound).toEqual({ suite: suite32, key: new Uint8Array(30).fill(9) });
  expect(Buffer.from(config?.outbound?.key ?? []).toString("base64")).toBe(offered[1]?.[2]);
});

test("SRTP on both legs: each has keys of its own, none crosses", async () => {
  const bench = await MediaBench.start();
  const toB = await bench.offer("a", savp(1), phoneLeg, phoneLeg);
  const toA = await bench.answer(
    "b",
    sdp(phone, "m=audio 4002 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(2)}`),
  );
  expect(toB).not.toContain(keyText(1));
  expect(toA).not.toContain(keyText(2));
  expect(crypto(toA)[0]?.[2]).not.toBe(crypto(toB)[0]?.[2]);
});

test("a late offer: the callee offers in its 200, the caller answers in its ACK", async () => {
  const bench = await MediaBench.start();
  const toPhone = await bench.offer("b", avp(pbx));
  expect(crypto(toPhone).length).toBe(3);
  const toPbx = await bench.answer("a", savp(4));
  expect(linesOf(toPbx, "m=")[0]).toContain("RTP/AVP 0");
  expect(bench.engine.configOf(portsOf(toPhone)[0] as number)?.inbound?.key).toEqual(new Uint8Array(30).fill(4));
});

const refusals: readonly (readonly [string, string, typeof phoneLeg, string])[] = [
  ["plain RTP where SRTP is required", avp(phone), phoneLeg, "488 srtp-required"],
  ["SRTP where it is off", savp(), plainPhone, "488 srtp-not-allowed"],
  ["a suite that is not allowed", savp(), { ...phoneLeg, suites: [gcm] }, "488 no-common-suite"],
  ["SAVP without a key", sdp(phone, "m=audio 4000 RTP/SAVP 0"), phoneLeg, "488 no-common-suite"],
  [
    "a key with an MKI longer than anybody's",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(1)}|2^20|1:17`),
    phoneLeg,
    "488 no-common-suite",
  ],
  [
    "a key with a session parameter",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(1)} UNENCRYPTED_SRTP`),
    phoneLeg,
    "488 no-common-suite",
  ],
  [
    "a key too short",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(1, 16)}`),
    phoneLeg,
    "488 no-common-suite",
  ],
  [
    "DTLS",
    sdp(phone, "m=audio 4000 UDP/TLS/RTP/SAVPF 0", "a=fingerprint:sha-256 AA"),
    phoneLeg,
    "488 dtls-not-supported",
  ],
  ["no m= line", sdp(phone), plainPhone, "488 no-media"],
  ["only fax, where it is not allowed", sdp(phone, "m=image 4000 udptl t38"), plainPhone, "488 t38-not-allowed"],
  ["what is not SDP", "hello", plainPhone, "400 bad-sdp"],
  ["a host name as address", sdp("pbx.example.com", "m=audio 4000 RTP/AVP 0"), plainPhone, "400 bad-sdp"],
  ["loopback from outside", avp("127.0.0.1"), plainPhone, "488 bad-address"],
  ["link-local from outside", avp("169.254.169.254"), plainPhone, "488 bad-address"],
  ["multicast", avp("224.0.0.9"), plainPhone, "488 bad-address"],
  ["a name server's port", avp(phone, 53), plainPhone, "488 bad-address"],
];
test.each(refusals)("%s is refused, and leaves nothing behind", async (_what, body, leg, expected) => {
  const bench = await MediaBench.start();
  expect(await bench.offer("a", body, leg)).toBe(expected);
  expect(bench.media.status()).toMatchObject({ calls: 0, portsInUse: 0 });
  expect(bench.engine.open.size).toBe(0);
});

test("the first offered suite that is allowed is taken, and its tag echoed", async () => {
  const bench = await MediaBench.start();
  const body = sdp(
    phone,
    "m=audio 4000 RTP/SAVP 0",
    `a=crypto:5 AES_256_CM_HMAC_SHA1_80 inline:${keyText(1, 46)}`,
    `a=crypto:7 ${suite32} inline:${keyText(2)}`,
    `a=crypto:8 ${suite80} inline:${keyText(3)}`,
  );
  await bench.offer("a", body);
  expect(crypto(await bench.answer("b", avp(pbx)))[0]?.slice(0, 2)).toEqual(["7", suite32]);
});

const badAnswers: readonly (readonly [string, string, string])[] = [
  ["plain RTP to an SRTP offer", avp(phone, 4000), "488 answer-mismatch"],
  [
    "a tag we did not offer",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:9 ${suite80} inline:${keyText(1)}`),
    "488 no-common-suite",
  ],
  [
    "the suite of another tag",
    sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:2 ${suite80} inline:${keyText(1)}`),
    "488 no-common-suite",
  ],
  ["one m= line too many", sdp(phone, "m=audio 0 RTP/SAVP 0", "m=video 0 RTP/AVP 96"), "488 answer-mismatch"],
  [
    "another medium",
    sdp(phone, "m=video 4000 RTP/SAVP 0", `a=crypto:1 ${suite80} inline:${keyText(1)}`),
    "488 answer-mismatch",
  ],
];
test.each(badAnswers)("an answer with %s is refused", async (_what, body, expected) => {
  const bench = await MediaBench.start();
  await bench.offer("a", avp(pbx), coreLeg, phoneLeg);
  expect(await bench.answer("b", body)).toBe(expected);
  expect(bench.engine.configs.size).toBe(0);
});

test("our own key sent back as the peer's is refused: both directions would share one key stream", async () => {
  const bench = await MediaBench.start();
  const [[, suite, key] = []] = crypto(await bench.offer("a", avp(pbx), coreLeg, phoneLeg));
  const mirrored = sdp(phone, "m=audio 4000 RTP/SAVP 0", `a=crypto:1 ${suite} inline:${key}`);
  expect(await bench.answer("b", mirrored)).toBe("488 no-common-suite");
});

test("an answer without an offer, or from the leg that offered, belongs to nothing", async () => {
  const bench = await MediaBench.start();
  expect(await bench.answer("b", avp(pbx))).toBe("500 no-session");
  await bench.offer("a", savp());
  expect(await bench.answer("a", savp())).toBe("500 no-session");
  expect(await bench.offer("b", avp(pbx))).toBe("491 offer-pending");
});

const offers: readonly (readonly [string, (typeof phoneLeg)["srtp"], boolean, string])[] = [
  ["required", "required", false, "RTP/SAVP"],
  ["optional over TLS", "optional", true, "RTP/SAVP"],
  ["optional in clear", "optional", false, "RTP/AVP"],
  ["opportunistic over TLS", "opportunistic", true, "RTP/AVP"],
  ["opportunistic in clear", "opportunistic", false, "RTP/AVP"],
  ["off", "off", true, "RTP/AVP"],
];
test.each(offers)(
  "srtp %s: the leg is offered the profile its policy wants",
  async (_name, srtp, secureSignalling, profile) => {
    const bench = await MediaBench.start();
    const text = await bench.offer("a", avp(pbx), coreLeg, { ...phoneLeg, srtp, secureSignalling });
    expect(linesOf(text, "m=")[0]).toContain(` ${profile} `);
  },
);

test("a leg with srtp optional is answered in kind", async () => {
  for (const [body, profile] of [
    [savp(), "RTP/SAVP"],
    [avp(phone), "RTP/AVP"],
  ] as const) {
    const bench = await MediaBench.start();
    await bench.offer("a", body, { ...phoneLeg, srtp: "optional" });
    expect(linesOf(await bench.answer("b", avp(pbx)), "m=")[0]).toContain(` ${profile} `);
  }
});

test("the engine hears which codecs a peer may send and what of its RTCP crosses: feedback where both sides have it", async () => {
  const bench = await MediaBench.start();
  const video = (address: string, profile: string, ...more: readonly string[]) =>
    sdp(address, `m=video 4000 ${profile} 96`, "a=rtpmap:96 VP8/90000", ...more);
  const avpf = ["a=rtcp-fb:96 nack pli", "a=rtcp-rsize"];
  const toPbx = await bench.offer("a", video(phone, "RTP/AVPF", ...avpf), plainPhone);
  const toPhone = await bench.answer("b", video(pbx, "RTP/AVPF", ...avpf));
  for (const text of [toPbx, toPhone]) {
    expect(bench.engine.configOf(portsOf(text)[0] as number)).toMatchObject({
      formats: [{ type: 96, clockRate: 90_000, role: "media" }],
      rtcp: { feedback: true, reducedSize: true },
    });
  }
  const again = await bench.offer("a", video(phone, "RTP/AVPF"), plainPhone, coreLeg, "c2");
  await bench.answer("b", video(pbx, "RTP/AVPF"), "c2");
  expect(bench.engine.configOf(portsOf(again)[0] as number)?.rtcp).toEqual({ feedback: true, reducedSize: false });
});

test("sound without feedback keeps it off, and G.711, events and comfort noise are told apart", async () => {
  const bench = await MediaBench.start();
  const codecs = (address: string) =>
    sdp(address, "m=audio 4000 RTP/AVP 0 8 13 101", "a=rtpmap:101 telephone-event/8000");
  const toPbx = await bench.offer("a", codecs(phone), plainPhone);
  await bench.answer("b", codecs(pbx));
  const config = bench.engine.configOf(portsOf(toPbx)[0] as number);
  expect(config?.rtcp).toEqual({ feedback: false, reducedSize: false });
  expect(config?.formats.map(({ role }) => role)).toEqual(["pcmu", "pcma", "noise", "events"]);
});
