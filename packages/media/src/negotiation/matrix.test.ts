/** Every pair of {RTP, SDES, DTLS}, with and without rtcp-mux, offered by either leg: SDP in, SDP and engine commands out. */
import { expect, test } from "vitest";
import { coreLeg, keyText, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";
import type { LegMedia, LegName } from "../media-port.ts";

const kinds = ["rtp", "sdes", "dtls"] as const;
type Kind = (typeof kinds)[number];

/** A party on a leg: where it is, how it travels, and what of it nobody else may see. */
interface Party {
  readonly address: string;
  readonly kind: Kind;
  readonly mux: boolean;
  readonly fill: number;
}

const suite = "AES_CM_128_HMAC_SHA1_80";
const hexOf = (fill: number) => new Array(32).fill(fill.toString(16).padStart(2, "0").toUpperCase()).join(":");

function describe({ address, kind, mux, fill }: Party, setup: "actpass" | "active"): string {
  const proto = { rtp: "RTP/AVP", sdes: "RTP/SAVP", dtls: "UDP/TLS/RTP/SAVPF" }[kind];
  const own = {
    rtp: [],
    sdes: [`a=crypto:1 ${suite} inline:${keyText(fill)}`],
    dtls: [
      `a=fingerprint:sha-256 ${hexOf(fill)}`,
      `a=setup:${setup}`,
      `a=ice-ufrag:user${fill}`,
      `a=ice-pwd:passwordofparty${fill}secret`,
      `a=candidate:1 1 UDP 2130706431 ${address} 4000 typ host`,
    ],
  }[kind];
  const rtcp = mux ? ["a=rtcp-mux"] : [];
  return sdp(address, `m=audio 4000 ${proto} 0`, "a=rtpmap:0 PCMU/8000", ...own, ...rtcp, `a=ssrc:${fill} cname:me`);
}

function legFor({ address, kind }: Party): LegMedia {
  const base = kind === "rtp" ? coreLeg : phoneLeg;
  const srtp = kind === "rtp" ? ("off" as const) : ("required" as const);
  const keying = kind === "dtls" ? (["dtls"] as const) : (["sdes"] as const);
  return { ...base, signallingAddress: address, srtp, keying, browser: kind === "dtls" };
}

/** What we wrote for a party of that kind. */
function expectWritten(text: string, kind: Kind, mux: boolean, setup: string): void {
  const [head = ""] = linesOf(text, "m=");
  const counts = (name: string) => linesOf(text, `a=${name}`).length;
  expect(head.split(" ")[2]).toBe({ rtp: "RTP/AVP", sdes: "RTP/SAVP", dtls: "UDP/TLS/RTP/SAVPF" }[kind]);
  expect(counts("crypto:") > 0).toBe(kind === "sdes");
  expect(linesOf(text, "a=setup:")).toEqual(kind === "dtls" ? [setup] : []);
  expect(linesOf(text, "a=fingerprint:")).toEqual(kind === "dtls" ? [`sha-256 ${hexOf(0xab)}`] : []);
  expect([counts("ice-lite"), counts("ice-ufrag:ours"), counts("ice-pwd:ours")]).toEqual(
    kind === "dtls" ? [1, 1, 1] : [0, 0, 0],
  );
  expect(counts("candidate:")).toBe(kind !== "dtls" ? 0 : mux ? 1 : 2);
  expect(counts("rtcp-mux")).toBe(mux ? 1 : 0);
}

/** Nothing by which the one could know or reach the other. */
function expectNothingOf({ address, fill }: Party, text: string): void {
  for (const secret of [address, hexOf(fill), keyText(fill), `user${fill}`, `party${fill}`, "cname", " 4000 "]) {
    expect(text).not.toContain(secret);
  }
}

const cells = kinds.flatMap((from) =>
  kinds.flatMap((to) =>
    [true, false].flatMap((mux) => (["a", "b"] as const).map((offerer) => [from, to, mux, offerer] as const)),
  ),
);

test.each(cells)("%s to %s, rtcp-mux %s, offered by %s", async (from, to, mux, offerer) => {
  const answerer: LegName = offerer === "a" ? "b" : "a";
  const caller: Party = { address: "198.51.100.7", kind: from, mux, fill: 17 };
  const called: Party = { address: "198.51.100.99", kind: to, mux, fill: 34 };
  const bench = await MediaBench.start({}, true);
  const legs = { [offerer]: legFor(caller), [answerer]: legFor(called) } as { a: LegMedia; b: LegMedia };
  const offered = await bench.offer(offerer, describe(caller, "actpass"), legs.a, legs.b);
  // Who is offered ICE is offered rtcp-mux too; others have a port for RTCP.
  expectWritten(offered, to, to === "dtls", "actpass");
  expectNothingOf(caller, offered);
  const answered = await bench.answer(answerer, describe(called, "active"));
  expectWritten(answered, from, mux, "passive");
  expectNothingOf(called, answered);

  const configs = [
    { text: answered, party: caller, mux },
    { text: offered, party: called, mux: mux && to === "dtls" },
  ];
  for (const { text, party, mux: muxed } of configs) {
    const port = portsOf(text)[0] as number;
    const config = bench.engine.configOf(port);
    const secured = party.kind === "sdes" ? { suite, key: new Uint8Array(30).fill(party.fill) } : undefined;
    expect(config).toMatchObject({ send: true, mux: muxed, payload: "rtp", awaitsKeys: party.kind === "dtls" });
    expect(config?.formats).toEqual([{ type: 0, clockRate: 8000, role: "pcmu" }]);
    expect(config?.inbound).toEqual(secured);
    expect(config?.outbound === undefined).toBe(party.kind !== "sdes");
    expect(config?.control).toEqual({ stun: party.kind === "dtls", dtls: party.kind === "dtls" });
    const { address } = party;
    const signalled = { rtp: { address, port: 4000 }, rtcp: { address, port: 4001 } };
    expect(config?.latch.signalled).toEqual(party.kind === "dtls" ? undefined : signalled);
    const terms = bench.transports.terms.get(bench.engine.pairOn(port));
    expect(terms?.dtls?.role).toBe(party.kind === "dtls" ? "passive" : undefined);
    expect(terms?.ice?.remote.ufrag).toBe(party.kind === "dtls" ? `user${party.fill}` : undefined);
  }
});

test("the keys of a handshake reach the pair, and stay through a re-INVITE that changes nothing", async () => {
  const bench = await MediaBench.start({}, true);
  const browser: Party = { address: "198.51.100.7", kind: "dtls", mux: true, fill: 17 };
  const pbx: Party = { address: "10.0.0.5", kind: "rtp", mux: false, fill: 34 };
  await bench.offer("a", describe(browser, "actpass"), legFor(browser), coreLeg);
  const port = portsOf(await bench.answer("b", describe(pbx, "active")))[0] as number;
  const inbound = { suite: "AEAD_AES_128_GCM", key: new Uint8Array(28).fill(1) } as const;
  const outbound = { suite: "AEAD_AES_128_GCM", key: new Uint8Array(28).fill(2) } as const;
  bench.transports.outputs = [{ kind: "keyed", component: "rtp", inbound, outbound }];
  const source = { address: "203.0.113.77", port: 7777 };
  const pair = bench.engine.pairOn(port);
  bench.engine.emit({ kind: "control", pair, component: "rtp", protocol: "dtls", source, packet: new Uint8Array(1) });
  expect(bench.engine.configOf(port)).toMatchObject({ awaitsKeys: false, inbound, outbound });
  await bench.offer("a", describe(browser, "actpass"), legFor(browser), coreLeg);
  await bench.answer("b", describe(pbx, "active"));
  expect(bench.engine.configOf(port)).toMatchObject({ awaitsKeys: false, inbound, outbound });
  // Another certificate is another party: nothing goes under the old keys (RFC 8842 section 5.1).
  await bench.offer("a", describe({ ...browser, fill: 18 }, "actpass"), legFor(browser), coreLeg);
  await bench.answer("b", describe(pbx, "active"));
  expect(bench.engine.configOf(port)).toMatchObject({ awaitsKeys: true, inbound: undefined, outbound: undefined });
});

test("RFC 5764 §4.1.2: without rtcp-mux RTCP waits for keys of its own, and RTP does not wait for them", async () => {
  const bench = await MediaBench.start({}, true);
  const phone: Party = { address: "198.51.100.7", kind: "dtls", mux: false, fill: 17 };
  const pbx: Party = { address: "10.0.0.5", kind: "rtp", mux: false, fill: 34 };
  await bench.offer("a", describe(phone, "actpass"), legFor(phone), coreLeg);
  const port = portsOf(await bench.answer("b", describe(pbx, "active")))[0] as number;
  const pair = bench.engine.pairOn(port);
  const keys = (fill: number) => {
    const key = { suite: "AEAD_AES_128_GCM", key: new Uint8Array(28).fill(fill) } as const;
    return { inbound: key, outbound: key };
  };
  const source = { address: "203.0.113.77", port: 7777 };
  for (const [component, fill] of [["rtp", 1] as const, ["rtcp", 2] as const]) {
    bench.transports.outputs = [{ kind: "keyed", component, ...keys(fill) }];
    bench.engine.emit({ kind: "control", pair, component, protocol: "dtls", source, packet: new Uint8Array(1) });
    const own = fill === 1 ? { inbound: undefined, awaitsKeys: true } : { ...keys(2), awaitsKeys: false };
    expect(bench.engine.configOf(port)).toMatchObject({ awaitsKeys: false, ...keys(1), rtcpKeys: own });
  }
});

test("a transport that fails ends the call with its reason, and its line names the stream", async () => {
  const bench = await MediaBench.start({}, true);
  const browser: Party = { address: "198.51.100.7", kind: "dtls", mux: true, fill: 17 };
  await bench.offer("a", describe(browser, "actpass"), legFor(browser), coreLeg);
  const pbx = describe({ address: "10.0.0.5", kind: "rtp", mux: false, fill: 34 }, "active");
  const pair = bench.engine.pairOn(portsOf(await bench.answer("b", pbx))[0] as number);
  bench.transports.outputs = [{ kind: "failed", reason: "dtls-fingerprint" }];
  const source = { address: "203.0.113.77", port: 7777 };
  bench.engine.emit({ kind: "control", pair, component: "rtp", protocol: "dtls", source, packet: new Uint8Array(1) });
  expect(bench.events).toEqual([{ kind: "failed", call: "c1", reason: "dtls-fingerprint" }]);
  expect(bench.logged.at(-1)).toMatchObject({ event: "media.transport_failed", leg: "a", reason: "dtls-fingerprint" });
  bench.media.close("c1");
  expect(bench.transports.terms.size).toBe(0);
});
