/** What else the real rtpengine carries for us: SRTP on both sides, fax, and what it knows of how a call is heard. */
import type { LegMedia } from "@ringfence/media";
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { phoneLeg, portsOf, sdp } from "../../packages/media/src/media-bench.ts";
import { us } from "../support/media-call.ts";
import { cryptos, key, suite32, textOf } from "../support/media-talk.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { RtpengineBench, until } from "../support/rtpengine-bench.ts";
import { rtpPacket, type UdpHost } from "../support/udp-host.ts";

const scenario = outsideProgram("rtpengine", "rtpengine-daemon");
const suite = "AES_CM_128_HMAC_SHA1_80";
const nothing = { ok: false, status: 0, reason: "closed", text: "" } as const;
const bench = new RtpengineBench();

beforeAll(async () => {
  if (scenario.available) await bench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

scenario("SRTP on both sides: each has keys of its own, and neither's packets open with the other's", async () => {
  const media = await bench.farm();
  bench.media = media;
  const [phone, far] = [await bench.host("127.0.0.2"), await bench.host("127.0.0.4")];
  const [phoneKey, farKey] = [new Uint8Array(30).fill(7), new Uint8Array(30).fill(9)];
  const legs = { a: sealedLeg("127.0.0.2"), b: sealedLeg("127.0.0.4") };
  const toFar = textOf(await media.offer("c1", "a", sealedSdp(phone, phoneKey, `1 ${suite}`), legs));
  const [tag, offered] = cryptos(toFar)[0] ?? [];
  expect(offered).not.toBe(suite);
  const theirs = { suite: suite32, key: farKey };
  expect(offered).toBe(theirs.suite);
  const toPhone = textOf(await media.answer("c1", "b", sealedSdp(far, farKey, `${tag} ${theirs.suite}`)));
  const oursToPhone = Buffer.from(key(toPhone) ?? "", "base64");
  const oursToFar = Buffer.from(key(toFar) ?? "", "base64");
  const cross = async (from: UdpHost, to: UdpHost, port: number, by: Sealed, opener: Sealed) => {
    const protector = createProtector(by.suite, by.key);
    let sequence = 0;
    const heard = await until(() => {
      const packet = Buffer.concat([rtpPacket({ sequence: ++sequence, ssrc: from.port }), Buffer.alloc(20)]);
      return from.send(packet.subarray(0, protector.rtp(packet, 172)), port, us);
    }, to);
    const clear = rtpPacket({ sequence: 1 }).subarray(12);
    expect(heard.bytes.subarray(12, 172)).not.toEqual(clear);
    expect(createUnprotector(opener.suite, by.key).rtp(Buffer.from(heard.bytes), heard.bytes.length)).toBeLessThan(0);
    const length = createUnprotector(opener.suite, opener.key).rtp(heard.bytes, heard.bytes.length);
    expect(heard.bytes.subarray(12, length)).toEqual(clear);
  };
  const onPhone = { suite, key: oursToPhone } as const;
  const onFar = { suite: suite32, key: oursToFar } as const;
  await cross(phone, far, portsOf(toPhone)[0] ?? 0, { suite, key: phoneKey }, onFar);
  await cross(far, phone, portsOf(toFar)[0] ?? 0, { suite: suite32, key: farKey }, onPhone);
});

interface Sealed {
  readonly suite: typeof suite | typeof suite32;
  readonly key: Uint8Array;
}

function sealedLeg(address: string): LegMedia {
  return { ...phoneLeg, localAddress: us, advertisedAddress: us, signallingAddress: address, suites: [suite, suite32] };
}

function sealedSdp({ address, port }: UdpHost, keys: Uint8Array, named: string): Uint8Array {
  const line = `a=crypto:${named} inline:${Buffer.from(keys).toString("base64")}`;
  return Buffer.from(sdp(address, `m=audio ${port} RTP/SAVP 0`, line), "latin1");
}

scenario("fax over T.38 crosses as it comes, both ways, and back to voice", async () => {
  const call = await bench.call();
  await call.phoneIsHeard();
  const legs = {
    a: { ...sealedLeg("127.0.0.2"), srtp: "off", t38: true } as const,
    b: { ...sealedLeg("127.0.0.3"), side: "core", srtp: "off", t38: true } as const,
  };
  const fax = ({ address, port }: UdpHost) =>
    Buffer.from(sdp(address, `m=image ${port} udptl t38`, "a=T38FaxVersion:0"), "latin1");
  const toPbx = textOf((await bench.media?.offer("c1", "a", fax(call.phone), legs)) ?? nothing);
  const toPhone = textOf((await bench.media?.answer("c1", "b", fax(call.pbx))) ?? nothing);
  const datagram = Buffer.from([0, 1, 6, 0xc0, 0x01, 0x80, 0, 0, 0xff]);
  call.pbx.drain();
  const heard = await until(() => call.phone.send(datagram, portsOf(toPhone)[0] ?? 0, us), call.pbx);
  expect(heard.bytes).toEqual(datagram);
  const back = await until(() => call.pbx.send(datagram, portsOf(toPbx)[0] ?? 0, us), call.phone);
  expect(back.bytes).toEqual(datagram);
  await call.exchange();
  await call.phoneIsHeard();
});

scenario("packets and reports of both ends become loss, jitter, round trip and marks of the call", async () => {
  // Short, so that its instance is looked at often.
  const { call, phone, pbx } = await bench.callWithRtcp(2_000);
  let at = 0;
  const talk = async () => {
    for (let n = 0; n < 25; n++) {
      at++;
      await call.phone.send(rtpPacket({ sequence: at, ssrc: 1 }), call.phonePort, us);
      await call.pbx.send(rtpPacket({ sequence: at, ssrc: 2 }), call.pbxPort, us);
    }
    pbx.drain();
    await phone.send(senderReport({ ssrc: 1, about: 2, at, answers: at - 25, lost: 0 }), call.phonePort + 1, us);
    // A report counts from the one that it answers.
    await pbx.next();
    await pbx.send(senderReport({ ssrc: 2, about: 1, at, answers: at, lost: at / 5 }), call.pbxPort + 1, us);
  };
  await expect
    .poll(
      async () => {
        await talk();
        const { a, b } = bench.media?.summary("c1") ?? {};
        return a?.heardMos !== undefined && b?.heardMos !== undefined && (b.roundTripMs ?? 0) > 0;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  const { a, b } = bench.media?.summary("c1") ?? {};
  expect([a?.codec, a?.heardLoss, b?.heardLoss?.toFixed(3), b?.heardJitterMs]).toEqual(["pcmu", 0, "0.200", 10]);
  expect(b?.heardMos).toBeLessThan(a?.heardMos ?? 0);
  expect(a?.packets).toBeGreaterThan(0);
});

/** RFC 3550 §6.4.1, with one block: 80 ticks of jitter. `at`: its time, `answers`: that of the other's report it answers. */
function senderReport(o: { ssrc: number; about: number; at: number; answers: number; lost: number }): Buffer {
  const words = [0x81c8000c, o.ssrc, o.at, 0, o.at * 160, o.at, o.at * 160];
  // Of 256.
  const fraction = o.lost > 0 ? 52 : 0;
  const block = [o.about, (fraction * 2 ** 24 + o.lost) >>> 0, o.at, 80, (o.answers % 65_536) * 65_536, 1];
  const packet = Buffer.alloc(52);
  for (const [index, word] of [...words, ...block].entries()) packet.writeUInt32BE(word >>> 0, 4 * index);
  return packet;
}
