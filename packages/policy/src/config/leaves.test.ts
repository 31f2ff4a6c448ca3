import { expect, test } from "vitest";
import type { z } from "zod";
import { duration, formatDuration, parseDuration } from "./duration.ts";
import { cidr, domain, ipAddress, localEndpoint, remoteEndpoint } from "./endpoint.ts";
import { quoted } from "./leaf.ts";
import { rotatingSecret, secret } from "./secret.ts";
import { nearest } from "./suggest.ts";
import { dialNumber, dialPrefix, dialPrefixOrNone, label, numberPattern, path, portRange } from "./text.ts";
import { parseHostUri } from "./trunk-parts.ts";

function reads(schema: z.ZodType, text: unknown): unknown {
  const result = schema.safeParse(text);
  return result.success ? result.data : "refused";
}

test("durations are a whole number and a unit", () => {
  const good = [
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ] as const;
  for (const [text, ms] of good) expect([text, parseDuration(text)]).toEqual([text, ms]);
  for (const text of ["", "5", "s", "1.5s", "-1s", "1 s", "1S", "1h30m", "9999999999s", "1e3s"]) {
    expect([text, parseDuration(text)]).toEqual([text, undefined]);
  }
  expect([90_000, 14_400_000, 1500, 86_400_000, 0].map(formatDuration)).toEqual(["90s", "4h", "1500ms", "1d", "0ms"]);
  expect(reads(duration("1s", "1m"), "2m")).toBe("refused");
});

test("an address of somebody else is a name or an address, with or without port", () => {
  const schema = remoteEndpoint();
  expect(reads(schema, "10.0.0.5:5060")).toEqual({ host: "10.0.0.5", port: 5060 });
  expect(reads(schema, "PBX.example.com")).toEqual({ host: "pbx.example.com", port: undefined });
  expect(reads(schema, "[2001:DB8::5]:5060")).toEqual({ host: "2001:db8::5", port: 5060 });
  expect(reads(schema, "2001:db8::5")).toEqual({ host: "2001:db8::5", port: undefined });
  const wrong = [
    "",
    ":5060",
    "10.0.0.5:",
    "10.0.0.5:0",
    "10.0.0.5:65536",
    "10.0.0.5:+1",
    "010.0.0.5",
    "127.1",
    "2130706433",
    "0x7f.0.0.0x1",
    "0x7f000001",
    "１２７.0.0.1",
    "10.0.0",
    "10.0.0.5:5060:1",
  ];
  for (const text of [
    ...wrong,
    "[10.0.0.5]:1",
    "[::1",
    "[::1]x",
    "a..b",
    "-a.b",
    "a b",
    "sip:a",
    "user@host",
    "[::1]:0x1",
  ]) {
    expect([text, reads(schema, text)]).toEqual([text, "refused"]);
  }
});

test("an address of ours is an address with a port", () => {
  const schema = localEndpoint();
  expect(reads(schema, "127.0.0.1:0")).toEqual({ address: "127.0.0.1", port: 0 });
  for (const text of ["127.0.0.1", "localhost:5060", "5060", "*:5060"])
    expect([text, reads(schema, text)]).toEqual([text, "refused"]);
});

test("addresses, blocks and domains refuse what could be read in two ways", () => {
  for (const text of ["010.0.0.1", "1.2.3", "[::1]", "fe80::1%eth0"])
    expect([text, reads(ipAddress(), text)]).toEqual([text, "refused"]);
  for (const text of ["10.0.0.1/8", "10.0.0.0/33", "010.0.0.0/8"])
    expect([text, reads(cidr(), text)]).toEqual([text, "refused"]);
  for (const text of ["sip:a.example", "a.example:5060", "10.0.0", "", "a_b!"])
    expect([text, reads(domain(), text)]).toEqual([text, "refused"]);
  expect(reads(domain(), "PBX.Example.com")).toBe("pbx.example.com");
});

test("numbers, prefixes and patterns hold nothing but what can be dialled", () => {
  expect(["112", "+999", "*31#"].map((text) => reads(dialNumber(), text))).toEqual(["112", "+999", "*31#"]);
  for (const text of ["", "+", "11a", "1 1", "١١٢"])
    expect([text, reads(dialNumber(), text)]).toEqual([text, "refused"]);
  expect(["+", "+1", "00"].map((text) => reads(dialPrefix(), text))).toEqual(["+", "+1", "00"]);
  expect(["", "00"].map((text) => reads(dialPrefixOrNone(), text))).toEqual(["", "00"]);
  expect(["+1555010????", "*", "+44*"].map((text) => reads(numberPattern(), text))).toEqual([
    "+1555010????",
    "*",
    "+44*",
  ]);
  for (const text of ["", "1*2", "+1[0-9]", "a?"])
    expect([text, reads(numberPattern(), text)]).toEqual([text, "refused"]);
});

test("port ranges, names and paths", () => {
  expect(reads(portRange(), "10000-20000")).toEqual({ first: 10_000, last: 20_000 });
  for (const text of ["", "1-", "-1", "0-5", "5-1", "1-65536", "1-2-3", "1..5"])
    expect([text, reads(portRange(), text)]).toEqual([text, "refused"]);
  for (const text of ["", "a b", "a/b", "a".repeat(65), "é"])
    expect([text, reads(label(), text)]).toEqual([text, "refused"]);
  for (const text of ["", "a\0b", "-----BEGIN CERTIFICATE-----"])
    expect([text, reads(path(), text)]).toEqual([text, "refused"]);
});

test("a password that changes names what it was before, and until when that holds", () => {
  const now = { file: "new" };
  const until = "2026-12-01T06:00Z";
  expect(reads(rotatingSecret(), now)).toEqual({ now: { kind: "file", path: "new" }, previous: undefined });
  expect(reads(rotatingSecret(), { ...now, previous: { env: "OLD", until } })).toEqual({
    now: { kind: "file", path: "new" },
    previous: { source: { kind: "env", name: "OLD" }, until: { text: until, ms: 1_796_104_800_000 } },
  });
  for (const previous of [
    "hunter2",
    { file: "a" },
    { until },
    { file: "a", until: "soon" },
    { file: "a", env: "b", until },
    null,
  ]) {
    expect([previous, reads(rotatingSecret(), { ...now, previous })]).toEqual([previous, "refused"]);
  }
});

test("a secret is named by file or variable", () => {
  expect(reads(secret(), { file: "a/b" })).toEqual({ kind: "file", path: "a/b" });
  expect(reads(secret(), { env: "TLS_KEY" })).toEqual({ kind: "env", name: "TLS_KEY" });
  for (const value of [
    "text",
    5,
    null,
    [],
    {},
    { file: "a", env: "B" },
    { file: "" },
    { env: "A=B" },
    { other: "x" },
  ]) {
    expect([value, reads(secret(), value)]).toEqual([value, "refused"]);
  }
});

test("a carrier's host is a SIP address without user", () => {
  expect(parseHostUri("sip:sip.telnyx.com;transport=tls")).toEqual({
    host: "sip.telnyx.com",
    port: 5061,
    transport: "tls",
    explicit: { port: false, transport: true },
  });
  expect(parseHostUri("SIP:192.0.2.1:5160")).toEqual({
    host: "192.0.2.1",
    port: 5160,
    transport: "udp",
    explicit: { port: true, transport: false },
  });
  expect(parseHostUri("sip:[2001:db8::1]:5060;transport=tcp")).toEqual({
    host: "2001:db8::1",
    port: 5060,
    transport: "tcp",
    explicit: { port: true, transport: true },
  });
  for (const text of [
    "sip.telnyx.com",
    "sips:a.example",
    "sip:a@b.example",
    "sip:a;transport=sctp",
    "sip:a;lr",
    "sip:a;transport=udp;lr",
    "sip:",
  ]) {
    expect([text, parseHostUri(text)]).toEqual([text, undefined]);
  }
});

test("a word nearby is suggested, one far away is not", () => {
  expect(nearest("trunk", ["phones", "trunks"])).toBe("trunks");
  expect(nearest("Calls-Per-Second", ["calls", "calls_per_second"])).toBe("calls_per_second");
  expect(nearest("zzz", ["phones", "trunks"])).toBeUndefined();
});

test("text from the file cannot move a terminal's cursor", () => {
  expect(quoted("a\x1b[2Jb\nc")).toBe("`a?[2Jb?c`");
  expect(quoted("x".repeat(50))).toBe(`\`${"x".repeat(40)}...\``);
});
