/** Whatever a peer writes, the other side reads our words only: random descriptions, and a closed list of what may come out. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg } from "../media-bench.ts";

const marker = "qzsecretqz";
const names = [
  "candidate:1 1 udp 1 192.0.2.1 4000 typ host",
  "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:",
  "fingerprint:sha-256 ",
  "ice-ufrag:",
  "ice-pwd:",
  "ice-options:",
  "setup:",
  "mid:",
  "msid:",
  "ssrc:1 cname:",
  "ssrc-group:FID ",
  "rid:",
  "simulcast:",
  "extmap:1 ",
  "rtcp:4001 IN IP4 ",
  "tls-id:",
  "identity:",
  "label:",
  "content:",
  "key-mgmt:",
  "zrtp-hash:",
  "source-filter: incl IN IP4 * ",
  "X-own:",
  "fmtp:8 ",
  "rtpmap:8 ",
  "rtcp-fb:8 ",
  "T38FaxVersion:",
  "",
];
const text = fc.string({ unit: fc.constantFrom(..."abAB019 :/=;,-_.@[]{}|*\t\"'<>%"), maxLength: 24 });
const attribute = fc.tuple(fc.constantFrom(...names), text).map(([name, rest]) => `a=${name}${rest}${marker}`);
const other = fc.tuple(fc.constantFrom(..."ikbuept"), text).map(([type, rest]) => `${type}=${rest}${marker}`);
const below = fc.array(
  fc.oneof(
    attribute,
    fc.constantFrom("i", "k", "b").chain((type) => text.map((rest) => `${type}=${rest}${marker}`)),
  ),
  { maxLength: 12 },
);
const known = ["rtpmap:0 PCMU/8000", "ptime:20", "sendonly", "rtcp-mux", "rtcp-rsize"].map((line) => `a=${line}`);
const port = fc.integer({ min: 1024, max: 65_000 });
const description = (fill: number) =>
  fc
    .record({
      session: fc.array(other, { maxLength: 3 }),
      above: fc.array(attribute, { maxLength: 4 }),
      lines: fc.array(below, { minLength: 1, maxLength: 3 }),
      some: fc.subarray(known),
      port,
    })
    .map((parts) =>
      [
        "v=0",
        `o=${marker} 7 7 IN IP4 198.51.100.${fill}`,
        `s=${marker}`,
        ...parts.session.filter((line) => !line.startsWith("b")),
        `c=IN IP4 198.51.100.${fill}`,
        "t=0 0",
        ...parts.above,
        ...parts.lines.flatMap((more, index) => [
          `m=audio ${parts.port + 2 * index} RTP/SAVP 0`,
          `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${keyText(fill)}`,
          ...parts.some,
          ...more,
        ]),
        "",
      ].join("\r\n"),
    );

/** Every line we ever write, by its beginning. */
const ours = [
  "v=0",
  "o=- ",
  "s=-",
  "c=IN IP4 ",
  "t=0 0",
  "m=audio ",
  "b=",
  "a=crypto:",
  "a=rtpmap:0 ",
  "a=ptime:",
  "a=rtcp-mux",
  "a=sendrecv",
  "a=sendonly",
  "a=recvonly",
  "a=inactive",
];

function expectOurs(written: string, fill: number): void {
  for (const secret of [marker, `198.51.100.${fill}`, keyText(fill)]) expect(written).not.toContain(secret);
  for (const line of written.split("\r\n"))
    expect(line === "" || ours.some((start) => line.startsWith(start)), line).toBe(true);
}

test("property: nothing that one side writes is read by the other, but codecs, packet times and direction", async () => {
  const secure = { ...coreLeg, srtp: "required" as const };
  await fc.assert(
    fc.asyncProperty(description(17), description(34), async (offer, answer) => {
      const bench = await MediaBench.start();
      const offered = await bench.offer("a", offer, phoneLeg, secure);
      if (offered.startsWith("4")) return;
      expectOurs(offered, 17);
      const answered = await bench.answer("b", answer);
      if (!answered.startsWith("4")) expectOurs(answered, 34);
      expect(linesOf(offered, "m=").length).toBe(linesOf(offer, "m=").length);
      await bench.media.stop();
    }),
    { numRuns: 150 },
  );
});

test("property: hostile text is an answer with a status, and leaves nothing open", async () => {
  const junk = fc.array(
    fc.oneof(
      attribute,
      other,
      text,
      fc.constantFrom("v=0", "m=audio 4000 RTP/AVP 0", "c=IN IP4 192.0.2.1", "o=- 1 1 IN IP4 x"),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(junk, async (lines) => {
      const bench = await MediaBench.start({}, true);
      const result = await bench.offer("a", lines.join("\r\n"), phoneLeg);
      const opened = bench.engine.open.size > 0;
      expect(opened).toBe(result.startsWith("v=0"));
      await bench.media.stop();
    }),
    { numRuns: 150 },
  );
});
