import fc from "fast-check";
import { expect, test } from "vitest";
import { sdpLimits } from "./failure.ts";
import { parseSdp } from "./parse.ts";
import { serializeSdp } from "./serialize.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const outcome = (text: string) => {
  const sdp = parseSdp(bytes(text));
  return sdp.kind === "failure" ? `${sdp.code} ${sdp.line}` : "taken";
};
const head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";

test("a description comes apart into session lines and media", () => {
  expect(
    parseSdp(bytes(`${head}c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170/2 RTP/AVP 31 0\r\na=x\r\nm=video 0 a b\r\n`)),
  ).toEqual({
    kind: "sdp",
    session: [
      { type: "v", value: "0" },
      { type: "o", value: "- 1 1 IN IP4 192.0.2.1" },
      { type: "s", value: "-" },
      { type: "c", value: "IN IP4 192.0.2.1" },
      { type: "t", value: "0 0" },
    ],
    media: [
      {
        media: "audio",
        port: 49_170,
        portCount: 2,
        proto: "RTP/AVP",
        formats: ["31", "0"],
        lines: [{ type: "a", value: "x" }],
      },
      { media: "video", port: 0, portCount: undefined, proto: "a", formats: ["b"], lines: [] },
    ],
  });
});

const cases: readonly (readonly [claim: string, text: string, outcome: string])[] = [
  ["an empty body is no description", "", "version 0"],
  ["only empty lines are no description", "\r\n\r\n", "version 0"],
  ["the first line is v=0", "o=- 1 1 IN IP4 192.0.2.1\r\n", "version 1"],
  ["another version is not ours to read", "v=1\r\n", "version 1"],
  ["o= must be there", "v=0\r\ns=-\r\n", "origin 0"],
  ["s= and t= may be missing", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n", "taken"],
  ["bare LF ends a line", head.replaceAll("\r", ""), "taken"],
  ["the last line may end with the body", head.trimEnd(), "taken"],
  ["empty lines at the end are dropped", `${head}\r\n\r\n`, "taken"],
  ["an empty line in the middle is malformed", `${head}\r\nt=0 0\r\n`, "line-syntax 4"],
  ["a line without = is malformed", `${head}hello\r\n`, "line-syntax 4"],
  ["a space before = is malformed", `${head}a =x\r\n`, "line-syntax 4"],
  ["a digit is no type", `${head}1=x\r\n`, "line-syntax 4"],
  ["an unknown type is kept", `${head}q=x\r\nm=audio 1 a b\r\ny=z\r\n`, "taken"],
  ["NUL is refused", `${head}a=x\0y\r\n`, "control-character 4"],
  ["DEL is refused", `${head}a=x\x7fy\r\n`, "control-character 4"],
  ["a lone CR is refused", `${head}a=x\ry\r\n`, "control-character 4"],
  ["a tab may stand in a value", `${head}i=a\tb\r\n`, "taken"],
  ["octets above ASCII are kept", `${head}i=\xe4\xff\r\n`, "taken"],
  ["a second o= is refused", `${head}o=- 2 2 IN IP4 192.0.2.2\r\n`, "duplicate-line 4"],
  ["a session line below m= is refused", `${head}m=audio 1 a b\r\no=- 2 2 IN IP4 192.0.2.2\r\n`, "misplaced-line 5"],
  [
    "two c= lines in one media are kept",
    `${head}m=audio 1 a b\r\nc=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2\r\n`,
    "taken",
  ],
  ["m= without formats is malformed", `${head}m=audio 1 RTP/AVP\r\n`, "media-syntax 4"],
  ["m= with a tab is malformed", `${head}m=audio 1\tRTP/AVP 0\r\n`, "media-syntax 4"],
  ["a port above 65535 is refused", `${head}m=audio 65536 RTP/AVP 0\r\n`, "media-port 4"],
  ["a negative port is refused", `${head}m=audio -1 RTP/AVP 0\r\n`, "media-port 4"],
  ["a signed port is refused", `${head}m=audio +1 RTP/AVP 0\r\n`, "media-port 4"],
  ["a port in exponents is refused", `${head}m=audio 1e3 RTP/AVP 0\r\n`, "media-port 4"],
  ["a port with leading zeros is refused", `${head}m=audio 0100 RTP/AVP 0\r\n`, "media-port 4"],
  ["a count of zero ports is refused", `${head}m=audio 1/0 RTP/AVP 0\r\n`, "media-port 4"],
  ["an empty count is refused", `${head}m=audio 1/ RTP/AVP 0\r\n`, "media-port 4"],
  ["32 media are taken", head + "m=audio 1 a b\r\n".repeat(sdpLimits.media), "taken"],
  ["33 media are too many", head + "m=audio 1 a b\r\n".repeat(sdpLimits.media + 1), "too-many-media 36"],
  ["129 formats are too many", `${head}m=audio 1 a${" 0".repeat(sdpLimits.formats + 1)}\r\n`, "too-many-formats 4"],
  ["a line of 8193 octets is too long", `${head}i=${"x".repeat(sdpLimits.line - 1)}\r\n`, "line-too-long 4"],
  ["2049 lines are too many", head + "a=x\r\n".repeat(sdpLimits.lines - 2), "too-many-lines 2049"],
  ["more than 64 kB is too large", head + "a=x\r\n".repeat(14_000), "too-large 0"],
];

test.each(cases)("%s", (_claim, text, expected) => {
  expect(outcome(text)).toBe(expected);
});

const value = fc.string({ unit: fc.constantFrom(...' :=/|;.-_aZ09\xe9\xff\t"<>%'), maxLength: 40 });
const word = fc.string({ unit: fc.constantFrom(..."aZ09/-._:\xe9"), minLength: 1, maxLength: 8 });
const line = (types: string) => fc.tuple(fc.constantFrom(...types), value).map(([type, text]) => `${type}=${text}`);
const media = fc
  .tuple(
    word,
    fc.nat(65_535),
    fc.option(fc.integer({ min: 1, max: 65_535 })),
    word,
    fc.array(word, { minLength: 1, maxLength: 5 }),
  )
  .map(([kind, port, count, proto, formats]) =>
    [`m=${kind} ${port}${count === null ? "" : `/${count}`} ${proto}`, ...formats].join(" "),
  );
const section = fc.tuple(media, fc.array(line("abcikqxZ"))).map(([first, lines]) => [first, ...lines]);
const description = fc
  .tuple(value, fc.array(line("abceikprtuzqZ")), fc.array(section, { maxLength: 4 }))
  .map(([origin, lines, sections]) => `${["v=0", `o=${origin}`, ...lines, ...sections.flat()].join("\r\n")}\r\n`);

test("what was parsed is written back octet by octet", () => {
  fc.assert(
    fc.property(description, (text) => {
      const sdp = parseSdp(bytes(text));
      if (sdp.kind === "failure") throw new Error(sdp.code);
      expect(Buffer.from(serializeSdp(sdp)).toString("latin1")).toBe(text);
    }),
  );
});

test("any octets give a description or a failure, and a description survives writing and reading", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 300 }), description.map(bytes)),
      fc.array(fc.tuple(fc.nat(), fc.nat(255))),
      (body, edits) => {
        const mutated = Uint8Array.from(body);
        for (const [at, octet] of edits) if (mutated.length > 0) mutated[at % mutated.length] = octet;
        const sdp = parseSdp(mutated);
        if (sdp.kind === "sdp") expect(parseSdp(serializeSdp(sdp))).toEqual(sdp);
      },
    ),
  );
});

test("a value of ours with a line end is a bug, not a second line", () => {
  const session = [{ type: "a", value: "x\r\na=y" }];
  expect(() => serializeSdp({ kind: "sdp", session, media: [] })).toThrow("one line");
});
