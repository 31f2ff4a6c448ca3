/** Threat L14: an SDP names where media is to be sent. Nothing goes to a place that its writer has no business with. */
import { expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../../packages/media/src/media-bench.ts";
import type { LegMedia } from "../../packages/media/src/media-port.ts";

const phone: LegMedia = { ...phoneLeg, srtp: "off", t38: true };
const inLan: LegMedia = { ...phone, signallingAddress: "172.16.0.9" };
const onPbxNet: LegMedia = { ...phone, signallingAddress: "10.0.0.77" };
const pbxAnswer = sdp("10.0.0.5", "m=audio 5000 RTP/AVP 0");

function offerOf(address: string, head = "audio 4000 RTP/AVP 0", ...more: readonly string[]): string {
  const family = address.includes(":") ? "IP6" : "IP4";
  return [
    "v=0",
    "o=- 1 1 IN IP4 198.51.100.7",
    "s=-",
    `c=IN ${family} ${address}`,
    "t=0 0",
    `m=${head}`,
    ...more,
    "",
  ].join("\r\n");
}

/** What the engine is told of where that leg's media goes. */
async function target(leg: LegMedia, offer: string): Promise<string> {
  const bench = await MediaBench.start();
  const offered = await bench.offer("a", offer, leg);
  if (offered.startsWith("4")) return offered;
  const [port = 0] = portsOf(await bench.answer("b", pbxAnswer));
  const config = bench.engine.configOf(port);
  if (config?.send !== true) return "held";
  const { signalled, sendAtOnce, learnFrom } = config.latch;
  expect(learnFrom).toEqual([leg.signallingAddress]);
  return signalled === undefined
    ? "learnt only"
    : `${sendAtOnce ? "sent to" : "awaited from"} ${signalled.rtp.address}`;
}

const refused: readonly string[] = [
  "127.0.0.1",
  "127.255.255.254",
  "::1",
  "::ffff:127.0.0.1",
  "::127.0.0.1",
  "::ffff:0:127.0.0.1",
  "64:ff9b::127.0.0.1",
  "2002:7f00:1::",
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "fe80::1",
  "224.0.0.1",
  "239.255.255.255",
  "ff02::1",
  "::ffff:224.0.0.1",
  "255.255.255.255",
  "240.0.0.1",
];
test.each(refused)("threat L14: media at %s is refused, for sound and for fax", async (address) => {
  expect(await target(phone, offerOf(address))).toBe("488 bad-address");
  expect(await target(phone, offerOf(address, "image 4000 udptl t38"))).toBe("488 bad-address");
});

test.each(["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"])(
  "threat L14: %s is a hold, and gets nothing",
  async (address) => {
    expect(await target(phone, offerOf(address))).toBe("held");
  },
);

// leg, the address it names, and what comes of it
const named: readonly (readonly [string, LegMedia, string, string])[] = [
  ["the PBX, from the internet", phone, "10.0.0.5", "learnt only"],
  ["our address towards the PBX", phone, "10.0.0.2", "learnt only"],
  ["the PBX's network, from the internet", phone, "10.0.0.200", "learnt only"],
  ["the PBX, from another private network", inLan, "10.0.0.5", "learnt only"],
  ["the PBX's network, from another private network", inLan, "10.0.0.200", "learnt only"],
  ["the PBX, from a phone in its network", onPbxNet, "10.0.0.5", "learnt only"],
  ["itself, in the PBX's network", onPbxNet, "10.0.0.77", "sent to 10.0.0.77"],
  ["its neighbour in the PBX's network", onPbxNet, "10.0.0.78", "awaited from 10.0.0.78"],
  ["itself, elsewhere", inLan, "172.16.0.9", "sent to 172.16.0.9"],
  ["itself, IPv4 as IPv6", phone, "::ffff:198.51.100.7", "sent to 198.51.100.7"],
  ["an address of the family its socket is not of", phone, "2001:db8::7", "learnt only"],
  ["a third party", phone, "203.0.113.99", "awaited from 203.0.113.99"],
];
test.each(named)("threat L14: a phone that names %s", async (_what, leg, address, expected) => {
  expect(await target(leg, offerOf(address))).toBe(expected);
});

test("threat L14: RTCP goes to no other address than RTP, whatever a=rtcp says", async () => {
  for (const place of ["IN IP4 127.0.0.1", "IN IP4 10.0.0.5", "IN IP4 224.0.0.1", "IN IP6 ::1"]) {
    const bench = await MediaBench.start();
    await bench.offer("a", offerOf("198.51.100.7", "audio 4000 RTP/AVP 0", `a=rtcp:4010 ${place}`), phone);
    const [port = 0] = portsOf(await bench.answer("b", pbxAnswer));
    const rtcp = bench.engine.configOf(port)?.latch.signalled?.rtcp;
    expect(rtcp).toEqual({ address: "198.51.100.7", port: 4001 });
  }
});

test("threat L14: candidates are not read: with ICE nothing is sent before a check was answered", async () => {
  const bench = await MediaBench.start({}, true);
  const candidates = ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "224.0.0.1"].map(
    (address, index) => `a=candidate:${index} 1 udp 2130706431 ${address} 4000 typ host`,
  );
  const lines = [
    `a=fingerprint:sha-256 ${new Array(32).fill("0A").join(":")}`,
    "a=setup:actpass",
    "a=rtcp-mux",
    "a=ice-ufrag:user",
    "a=ice-pwd:theirpasswordtheirsecret1",
    "a=remote-candidates:1 10.0.0.5 5060",
    ...candidates,
  ];
  const toPbx = await bench.offer("a", offerOf("127.0.0.1", "audio 4000 UDP/TLS/RTP/SAVPF 0", ...lines), phoneLeg);
  expect(linesOf(toPbx, "a=candidate")).toEqual([]);
  const [port = 0] = portsOf(await bench.answer("b", pbxAnswer));
  expect(bench.engine.configOf(port)?.latch).toMatchObject({ signalled: undefined, sendAtOnce: false, learnFrom: [] });
  expect(bench.engine.commands.filter(({ kind }) => kind === "send" || kind === "select")).toEqual([]);
});

test("threat L14: a re-INVITE is judged as the first offer was, and an answer as an offer", async () => {
  const bench = await MediaBench.start();
  await bench.offer("a", offerOf("198.51.100.7"), phone);
  expect(await bench.answer("b", sdp("127.0.0.1", "m=audio 5000 RTP/AVP 0"))).toBe("488 bad-address");
  await bench.answer("b", pbxAnswer);
  expect(await bench.offer("a", offerOf("169.254.169.254"), phone)).toBe("488 bad-address");
  expect(await bench.offer("b", pbxAnswer, phone, coreLeg)).toContain("m=audio");
  expect(await bench.answer("a", offerOf("127.0.0.1"))).toBe("488 bad-address");
});
