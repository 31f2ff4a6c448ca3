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

function farm(): Promise<Media> {
  const instances = [{ address: us, port: daemon?.port ?? 0, weight: 1 }];
  return openMedia({
    settings: {
      ports: { first: 1, last: 2 },
      inactivityMs: 60_000,
      learn: { windowMs: 3_000, packets: 5 },
      farm: { instances, interfaces: undefined },
    },
    onEvent: () => undefined,
    log: () => undefined,
  });
}

async function newCall(setup: PhoneSetup = {}): Promise<MediaCall> {
  media = await farm();
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

if (scenario.available) runMediaContract("rtpengine itself", farm);

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
async function callWithRtcp(): Promise<{ readonly call: MediaCall; readonly phone: UdpHost; readonly pbx: UdpHost }> {
  for (;;) {
    const call = await newCall();
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

scenario("packets of a call are counted when it ends", async () => {
  const call = await newCall();
  await call.phoneIsHeard();
  await call.pbxIsHeard();
  media?.close("c1");
  await media?.stop();
  expect(media?.status().packetsRelayed).toBeGreaterThanOrEqual(2);
});
