import { expect, test } from "vitest";
import { resolveTarget } from "./next-hop.ts";
import { type Answer, type Answers, questionKey, type Target } from "./records.ts";

const v4: readonly (4 | 6)[] = [4];

function zone(...answers: readonly (readonly [name: string, answer: Answer])[]): Answers {
  return new Map(answers.map(([name, answer]) => [name, answer]));
}

const target = (host: string, port?: number, transport?: Target["transport"]): Target => ({ host, port, transport });
const a = (...records: string[]): Answer => ({ type: "A", ttlMs: 60_000, records });
const srv = (...records: [number, number, number, string][]): Answer => ({
  type: "SRV",
  ttlMs: 30_000,
  records: records.map(([priority, weight, port, name]) => ({ priority, weight, port, target: name })),
});
const none: Answer = { type: "failed", ttlMs: 5_000 };
const shown = (t: Target, answers: Answers, families = v4): readonly string[] => {
  const result = resolveTarget(t, answers, families);
  if (result.kind === "ask") return result.questions.map((q) => `? ${questionKey(q)}`);
  return result.hops.map((h) => `${h.transport} ${h.address}:${h.port} ${h.priority}/${h.weight}`);
};

test("a numeric host asks nothing, and has the transport's own port", () => {
  expect(shown(target("192.0.2.1"), zone())).toEqual(["udp 192.0.2.1:5060 0/0"]);
  expect(shown(target("2001:db8::1", undefined, "tls"), zone())).toEqual(["tls 2001:db8::1:5061 0/0"]);
  expect(shown(target("192.0.2.1", 5070, "tcp"), zone())).toEqual(["tcp 192.0.2.1:5070 0/0"]);
});

test("a port in the URI means addresses only: no NAPTR, no SRV", () => {
  expect(shown(target("c.example", 5070), zone())).toEqual(["? A c.example"]);
  expect(shown(target("c.example", 5070), zone(["A c.example", a("192.0.2.1")]))).toEqual(["udp 192.0.2.1:5070 0/0"]);
});

test("a transport in the URI means its SRV name, and the addresses of the host where there is none", () => {
  expect(shown(target("c.example", undefined, "tls"), zone())).toEqual(["? SRV _sips._tcp.c.example"]);
  const some = zone(
    ["SRV _sips._tcp.c.example", srv([10, 5, 5071, "a.c.example."])],
    ["A a.c.example", a("192.0.2.2")],
  );
  expect(shown(target("c.example", undefined, "tls"), some)).toEqual(["tls 192.0.2.2:5071 10/5"]);
  const nothing = zone(["SRV _sips._tcp.c.example", none], ["A c.example", a("192.0.2.3")]);
  expect(shown(target("c.example", undefined, "tls"), nothing)).toEqual(["tls 192.0.2.3:5061 0/0"]);
});

test("NAPTR chooses the transports by order and preference; services we do not have are passed over", () => {
  const naptr: Answer = {
    type: "NAPTR",
    ttlMs: 90_000,
    records: [
      { order: 20, preference: 1, flags: "s", service: "SIP+D2U", regexp: "", replacement: "_sip._udp.c.example." },
      { order: 10, preference: 1, flags: "S", service: "SIPS+D2T", regexp: "", replacement: "_sips._tcp.c.example" },
      { order: 1, preference: 1, flags: "s", service: "SIP+D2S", regexp: "", replacement: "_sip._sctp.c.example" },
      { order: 2, preference: 1, flags: "u", service: "E2U+sip", regexp: "!^.*$!sip:x!", replacement: "" },
    ],
  };
  const zoned = zone(
    ["NAPTR c.example", naptr],
    ["SRV _sip._udp.c.example", srv([1, 0, 5060, "u.c.example"])],
    ["SRV _sips._tcp.c.example", srv([1, 0, 5061, "t.c.example"])],
    ["A u.c.example", a("192.0.2.4")],
    ["A t.c.example", a("192.0.2.5", "192.0.2.6")],
  );
  expect(shown(target("c.example"), zoned)).toEqual([
    "tls 192.0.2.5:5061 1/0",
    "tls 192.0.2.6:5061 1/0",
    "udp 192.0.2.4:5060 65537/0",
  ]);
});

test("without NAPTR every SRV name is asked for, and without any the host is UDP on 5060", () => {
  const empty = zone(["NAPTR c.example", none]);
  expect(shown(target("c.example"), empty)).toEqual([
    "? SRV _sips._tcp.c.example",
    "? SRV _sip._tcp.c.example",
    "? SRV _sip._udp.c.example",
  ]);
  const noSrv = zone(
    ["NAPTR c.example", none],
    ["SRV _sips._tcp.c.example", none],
    ["SRV _sip._tcp.c.example", none],
    ["SRV _sip._udp.c.example", none],
    ["A c.example", a("192.0.2.7")],
    ["AAAA c.example", { type: "AAAA", ttlMs: 1, records: ["2001:db8::7"] }],
  );
  expect(shown(target("c.example"), noSrv, [4, 6])).toEqual(["udp 192.0.2.7:5060 0/0", "udp 2001:db8::7:5060 0/0"]);
});

test("what was found holds as long as the shortest TTL on the way", () => {
  const some = zone(["SRV _sip._tcp.c.example", srv([1, 0, 5060, "a.example"])], ["A a.example", a("192.0.2.1")]);
  expect(resolveTarget(target("c.example", undefined, "tcp"), some, v4)).toMatchObject({ ttlMs: 30_000 });
});

test("a zone with a thousand records makes no more than thirty-two hops, and '.' or port 0 none", () => {
  const many = srv(
    ...Array.from({ length: 1000 }, (_, i): [number, number, number, string] => [i, 0, 5060, "a.example"]),
  );
  const addresses = a(...Array.from({ length: 1000 }, (_, i) => `192.0.2.${i % 250}`));
  const result = resolveTarget(
    target("c.example", undefined, "udp"),
    zone(["SRV _sip._udp.c.example", many], ["A a.example", addresses]),
    v4,
  );
  expect(result.kind === "hops" && result.hops.length).toBe(32);
  const gone = zone(["SRV _sip._udp.c.example", srv([1, 1, 5060, "."], [1, 1, 0, "a.example"])], ["A c.example", a()]);
  expect(shown(target("c.example", undefined, "udp"), gone)).toEqual([]);
});

test("the name a certificate must carry is the one that was asked for, whatever SRV says (RFC 3263 §4, RFC 5922 §7.2)", () => {
  const some = zone(
    ["SRV _sips._tcp.c.example", srv([1, 0, 5061, "evil.example"])],
    ["A evil.example", a("192.0.2.9")],
  );
  const result = resolveTarget(target("c.example", undefined, "tls"), some, v4);
  expect(result).toMatchObject({ hops: [{ host: "c.example", address: "192.0.2.9" }] });
});
