/** The real rtpengine behind our media port: what it does to descriptions, and to packets of phones and of strangers. */
import { type Media, openMedia } from "@ringfence/media";
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { MediaCall, type PhoneSetup, us } from "../support/media-call.ts";
import { runMediaContract } from "../support/media-contract.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { RtpengineProcess } from "../support/rtpengine-process.ts";
import { rtcpPacket, rtpPacket, UdpHost } from "../support/udp-host.ts";

const scenario = outsideProgram("rtpengine", "rtpengine-daemon");
const suite = "AES_CM_128_HMAC_SHA1_80";
const evil = 0x66;
let daemon: RtpengineProcess | undefined;
const opened: { close(): void }[] = [];
let media: Media | undefined;

beforeAll(async () => {
  if (scenario.available) daemon = await RtpengineProcess.start();
});
afterEach(async () => {
  for (const thing of opened.splice(0)) thing.close();
  await media?.stop();
  media = undefined;
});
afterAll(() => daemon?.stop());

function farm(inactivityMs = 60_000): Promise<Media> {
  const instances = [{ address: us, port: daemon?.port ?? 0, weight: 1 }];
  return openMedia({
    settings: {
      ports: { first: 1, last: 2 },
      inactivityMs,
      learn: { windowMs: 3_000, packets: 5 },
      farm: { instances, interfaces: undefined },
    },
    onEvent: () => undefined,
    log: () => undefined,
  });
}

async function newCall(setup: PhoneSetup = {}, inactivityMs?: number): Promise<MediaCall> {
  media = await farm(inactivityMs);
  const call = await MediaCall.start(media, "c1", setup);
  opened.push(call);
  return call;
}

async function host(address: string): Promise<UdpHost> {
  const made = await UdpHost.open(address);
  opened.push(made);
  return made;
}

/** Sent again until the other has one. */
async function until(send: () => Promise<void>, to: UdpHost) {
  to.drain();
  const arrived = to.next();
  const again = setInterval(() => void send(), 20);
  await send();
  const datagram = await arrived;
  clearInterval(again);
  return datagram;
}

if (scenario.available) runMediaContract("rtpengine itself", () => farm());

scenario("RTP passes both ways, through hold and resume and a repeated answer", async () => {
  const call = await newCall();
  for (const direction of ["sendrecv", "sendonly", "sendrecv"] as const) {
    await call.exchange(direction);
    await call.phoneIsHeard();
    await call.pbxIsHeard();
  }
});

scenario("SDES: what the phone seals the PBX reads, and what the PBX says only the phone's key opens", async () => {
  const key = new Uint8Array(30).fill(7);
  const call = await newCall({ key });
  const protector = createProtector(suite, key);
  let sequence = 0;
  const sealed = () => {
    const packet = Buffer.concat([rtpPacket({ sequence: ++sequence }), Buffer.alloc(20)]);
    return call.phone.send(packet.subarray(0, protector.rtp(packet, 172)), call.phonePort, us);
  };
  const heard = await until(sealed, call.pbx);
  expect(heard.bytes.subarray(12)).toEqual(rtpPacket({ sequence: 1 }).subarray(12));
  const said = await until(() => call.pbx.send(rtpPacket({ sequence: ++sequence }), call.pbxPort, us), call.phone);
  expect(said.bytes.length).toBeGreaterThan(172);
  const opened = createUnprotector(suite, call.ourKey).rtp(said.bytes, said.bytes.length);
  expect(said.bytes.subarray(12, opened)).toEqual(rtpPacket({ sequence: 1 }).subarray(12));
});

/** The hosts of a call have one port each; the one above it may be somebody else's. */
async function callWithRtcp(
  inactivityMs?: number,
): Promise<{ readonly call: MediaCall; readonly phone: UdpHost; readonly pbx: UdpHost }> {
  for (;;) {
    const call = await newCall({}, inactivityMs);
    const above = [UdpHost.open("127.0.0.2", call.phone.port + 1), UdpHost.open("127.0.0.3", call.pbx.port + 1)];
    const [phone, pbx] = await Promise.all(above.map((host) => host.catch(() => undefined)));
    for (const host of [phone, pbx]) if (host !== undefined) opened.push(host);
    if (phone !== undefined && pbx !== undefined) return { call, phone, pbx };
    await media?.stop();
  }
}

scenario("RTCP has the port above, on both legs", async () => {
  const { call, phone, pbx } = await callWithRtcp();
  const heard = await until(() => phone.send(rtcpPacket(5), call.phonePort + 1, us), pbx);
  expect(heard.port).toBe(call.pbxPort + 1);
});

scenario("threat L1: of a phone that says where it is, a stranger's packets are relayed at no time", async () => {
  const call = await newCall();
  const attacker = await host("127.0.0.66");
  const elsewhere = await host("127.0.0.2");
  const spray = async () => {
    for (const from of [attacker, elsewhere]) {
      for (let n = 0; n < 20; n++) await from.send(rtpPacket({ sequence: n, fill: evil }), call.phonePort, us);
    }
  };
  await spray();
  await call.phoneIsHeard();
  await spray();
  await call.phoneIsHeard();
  await call.exchange("sendonly", spray);
  await spray();
  await call.exchange();
  await spray();
  await call.phoneIsHeard();
  await call.pbxIsHeard();
  const evils = [...call.pbx.drain(), ...call.phone.drain()].filter(({ bytes }) => bytes[20] === evil);
  expect(evils).toEqual([]);
  expect([attacker.received, elsewhere.received]).toEqual([0, 0]);
});

scenario(
  "the control: of a phone behind NAT rtpengine relays a stranger's first packets (CVE-2025-53399)",
  async () => {
    const call = await newCall({ sdpAddress: "192.168.1.20" });
    const attacker = await host("127.0.0.66");
    const heard = await until(
      () => attacker.send(rtpPacket({ sequence: 1, fill: evil }), call.phonePort, us),
      call.pbx,
    );
    expect(heard.bytes[20]).toBe(evil);
  },
);

scenario("a phone behind NAT is heard and hears, at the address that it signals from", async () => {
  const call = await newCall({ sdpAddress: "192.168.1.20" });
  await call.phoneIsHeard();
  await call.pbxIsHeard();
});

scenario("packets and reports of both ends become loss, jitter, round trip and marks of the call", async () => {
  // Short, so that its instance is looked at often.
  const { call, phone, pbx } = await callWithRtcp(2_000);
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
        const { a, b } = media?.summary("c1") ?? {};
        return a?.heardMos !== undefined && b?.heardMos !== undefined && (b.roundTripMs ?? 0) > 0;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  const { a, b } = media?.summary("c1") ?? {};
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

scenario("packets of a call are counted when it ends", async () => {
  const call = await newCall();
  await call.phoneIsHeard();
  await call.pbxIsHeard();
  media?.close("c1");
  await media?.stop();
  expect(media?.status().packetsRelayed).toBeGreaterThanOrEqual(2);
});
