import { expect, test } from "vitest";
import { coreLeg, phoneLeg, settings } from "../media-bench.ts";
import type { LegMedia } from "../media-port.ts";
import { judgeEndpoint } from "../sdp/endpoint-rules.ts";
import { rtpProfile } from "../sdp/profile.ts";
import { pairConfig } from "./leg.ts";
import type { Link } from "./link.ts";

const trunk: LegMedia = { ...coreLeg, side: "trunk", signallingAddress: "192.0.2.20" };
const carrier: LegMedia = { ...trunk, mediaFrom: ["192.0.2.0/24"] };
const ports: LegMedia = { ...carrier, mediaPorts: { first: 4000, last: 4999 } };
const at = (address: string, rtpPort = 4000) => ({ address, rtpPort, rtcpPort: rtpPort + 1 });

const plain: Link = {
  profile: rtpProfile({ secure: false, tls: false, feedback: false }),
  keys: undefined,
  dtls: undefined,
  ice: undefined,
  mux: false,
};

function latchOf(leg: LegMedia, address: string | undefined) {
  const endpoint = address === undefined ? undefined : at(address);
  const far = leg.side === "core" ? phoneLeg : coreLeg;
  const peer = { endpoint, held: false, formats: ["0"], codecs: [] };
  const rtcp = { feedback: false, reducedSize: false };
  const stream = {
    leg,
    far,
    peer,
    link: plain,
    otherFormats: ["8"],
    handshake: {},
    rtcp,
    keyPresses: undefined,
  };
  return pairConfig(stream, settings.learn).latch;
}

const rules: readonly (readonly [string, LegMedia, string, boolean, boolean, readonly string[]])[] = [
  // name, leg, address in the SDP, signalled is believed, sent to at once, who may claim the stream
  ["a phone at its public address", phoneLeg, "198.51.100.7", true, true, ["198.51.100.7"]],
  ["a phone behind NAT", phoneLeg, "192.168.1.8", false, false, ["198.51.100.7"]],
  ["a phone that names a third party", phoneLeg, "203.0.113.99", true, false, ["198.51.100.7"]],
  ["the PBX, wherever its media is", coreLeg, "10.0.0.77", true, true, ["10.0.0.5", "10.0.0.77"]],
  ["a trunk whose media is elsewhere", trunk, "192.0.2.99", true, false, ["192.0.2.20", "192.0.2.99"]],
  ["a trunk with known media addresses", carrier, "192.0.2.99", true, true, ["192.0.2.20", "192.0.2.99"]],
  ["a trunk with known media ports", ports, "192.0.2.99", true, true, []],
];
test.each(rules)("%s", (_name, leg, address, believed, atOnce, learnFrom) => {
  const latch = latchOf(leg, address);
  expect(latch.signalled?.rtp.address).toBe(believed ? address : undefined);
  expect(latch.sendAtOnce).toBe(atOnce);
  expect(latch.learnFrom).toEqual(learnFrom);
});

test("signalling from outside media.from gives no right to claim a stream", () => {
  expect(latchOf({ ...carrier, signallingAddress: "198.51.100.1" }, "192.0.2.99").learnFrom).toEqual(["192.0.2.99"]);
});

test("payload types of both sides count, since each sends what the other listed", () => {
  expect(latchOf(phoneLeg, "198.51.100.7").payloadTypes).toEqual([0, 8]);
});

test("a signalling address from a dual-stack socket is the IPv4 address it is", () => {
  const latch = latchOf({ ...phoneLeg, signallingAddress: "::ffff:198.51.100.7" }, "198.51.100.7");
  expect(latch).toMatchObject({ sendAtOnce: true, learnFrom: ["198.51.100.7"] });
});

const ours = (port: number) => port === 20000;
const addresses: readonly (readonly [string, LegMedia, string, number, string | undefined])[] = [
  ["our own media port named by a phone", phoneLeg, "203.0.113.10", 20000, "bad-address"],
  ["another port of our address named by a phone", phoneLeg, "203.0.113.10", 30000, undefined],
  ["our own media port named by a PBX that does not relay", coreLeg, "10.0.0.2", 20000, undefined],
  ["a trunk outside media.from", carrier, "198.51.100.1", 4000, "address-not-allowed"],
  ["a trunk inside media.from", carrier, "192.0.2.1", 4000, undefined],
  ["a trunk at the first port of media.ports", ports, "192.0.2.1", 4000, undefined],
  ["a trunk at the last port of media.ports", ports, "192.0.2.1", 4999, undefined],
  ["a trunk below media.ports", ports, "192.0.2.1", 3998, "port-not-allowed"],
  ["a trunk above media.ports", ports, "192.0.2.1", 5000, "port-not-allowed"],
  ["loopback from a PBX on this machine", { ...coreLeg, signallingAddress: "127.0.0.1" }, "127.0.0.1", 4000, undefined],
  ["loopback from a PBX elsewhere", coreLeg, "127.0.0.1", 4000, "bad-address"],
  ["link-local by IPv6", phoneLeg, "fe80::1", 4000, "bad-address"],
];
test.each(addresses)("%s", (_name, leg, address, port, expected) => {
  const far = leg.side === "core" ? phoneLeg : coreLeg;
  expect(judgeEndpoint(at(address, port), leg, far, ours)).toBe(expected);
});
