import { expect, test } from "vitest";
import { type Bencodable, encode } from "./bencode.ts";
import {
  answer,
  deletion,
  factsOf,
  frame,
  isUnknownCall,
  offer,
  query,
  readFrame,
  sdpOf,
  trafficOf,
} from "./ng-message.ts";

const described = {
  callId: "c0ffee",
  offerer: "a",
  answerer: "b",
  sdp: Buffer.from("v=0\r\n"),
  learning: "off",
} as const;

const text = (command: Parameters<typeof frame>[1]) => Buffer.from(frame("cookie", command)).toString("latin1");

function reply(body: Bencodable) {
  return readFrame(Buffer.concat([Buffer.from("cookie "), encode(body)]))?.reply;
}

test("an offer, octet by octet", () => {
  const wanted = { keying: "none", suites: [], family: "IP4", interfaces: ["pub", "priv"] } as const;
  expect(text(offer(described, wanted))).toBe(
    "cookie d4:DTLS3:off3:ICE6:remove4:SDESle14:address family3:IP47:call-id6:c0ffee7:command5:offer" +
      "9:directionl3:pub4:prive5:flagsl13:strict-source13:port-latching21:endpoint-learning-offe8:from-tag1:a" +
      "3:sdp5:v=0\r\n6:to-tag1:b18:transport-protocol7:RTP/AVPe",
  );
});

test("an answer names the legs as its offer did, and asks for no protocol", () => {
  expect(text(answer({ ...described, offerer: "b", answerer: "a", learning: "heuristic" }))).toBe(
    "cookie d4:DTLS3:off3:ICE6:remove7:call-id6:c0ffee7:command6:answer" +
      "5:flagsl13:strict-source13:port-latching27:endpoint-learning-heuristice8:from-tag1:b" +
      "3:sdp5:v=0\r\n6:to-tag1:ae",
  );
});

test("every suite that policy does not name is refused, those without encryption above all", () => {
  const suites = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"];
  const said = text(offer(described, { keying: "sdes", suites, family: "IP6", interfaces: undefined }));
  for (const suite of suites) expect(said).not.toContain(`no-${suite}`);
  for (const suite of ["NULL_HMAC_SHA1_80", "NULL_HMAC_SHA1_32", "F8_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"]) {
    expect(said).toContain(`no-${suite}`);
  }
  expect(said).toContain("8:RTP/SAVP");
  expect(said).not.toContain("9:direction");
});

test("media handover, trusting sources and asymmetry are never asked for", () => {
  const said = text(offer(described, { keying: "sdes", suites: [], family: "IP4", interfaces: undefined }));
  for (const flag of ["handover", "asymmetric", "pierce", "trust"]) expect(said).not.toContain(flag);
});

test("a call is deleted at once, and asked about by its name", () => {
  expect(text(deletion("x"))).toBe("cookie d7:call-id1:x7:command6:delete12:delete delayi0ee");
  expect(text(query("x"))).toBe("cookie d7:call-id1:x7:command5:querye");
});

test("errors come with a printable reason", () => {
  expect(reply({ result: "error", "error-reason": "Unknown call-id" })).toEqual({
    kind: "error",
    reason: "Unknown call-id",
  });
  expect(reply({ result: "load limit" })).toEqual({ kind: "error", reason: "load limit" });
  const nasty = reply({ result: "error", "error-reason": `\x1b[2J${"x".repeat(500)}` });
  expect(nasty).toEqual({ kind: "error", reason: `?[2J${"x".repeat(96)}` });
  expect(isUnknownCall({ kind: "error", reason: "Unknown call-id" })).toBe(true);
});

test("traffic is RTP and RTCP of both legs; what is no number counts as nothing", () => {
  const read = (totals: Bencodable) => {
    const answered = reply({ result: "ok", totals });
    return answered?.kind === "ok" ? trafficOf(answered.body, undefined) : undefined;
  };
  const [rtp, rtcp] = [
    { packets: 10, bytes: 1_720, errors: 3 },
    { packets: 2, bytes: 100 },
  ];
  expect(read({ RTP: rtp, RTCP: rtcp })).toEqual({ packets: 12, bytes: 1_820 });
  expect(read({ RTP: rtp })).toEqual({ packets: 10, bytes: 1_720 });
  expect(read({ RTP: { packets: "many", bytes: -5 } })).toEqual({ packets: 0, bytes: 0 });
  expect(read([])).toBeUndefined();
});

test("an instance's own figures: its calls and the names of its interfaces", () => {
  const answered = reply({
    result: "ok",
    statistics: {
      currentstatistics: { sessionsown: 7 },
      interfaces: [{ name: "pub", address: "203.0.113.7" }, { name: "priv" }, { address: "x" }, 5, { name: "pub" }],
    },
  });
  expect(answered?.kind === "ok" && factsOf(answered.body)).toEqual({ sessions: 7, interfaces: ["pub", "priv"] });
});

test("an answer without a description has none", () => {
  const answered = reply({ result: "ok", sdp: 5 });
  expect(answered?.kind === "ok" && sdpOf(answered.body)).toBeUndefined();
});
