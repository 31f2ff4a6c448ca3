/** The real rtpengine behind our media port: what it does to descriptions, and to packets of phones and of strangers. */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { us } from "../support/media-call.ts";
import { runMediaContract } from "../support/media-contract.ts";
import { outsideProgram } from "../support/outside-program.ts";
import { RtpengineBench, until } from "../support/rtpengine-bench.ts";
import { rtcpPacket, rtpPacket } from "../support/udp-host.ts";

const scenario = outsideProgram("rtpengine", "rtpengine-daemon");
const suite = "AES_CM_128_HMAC_SHA1_80";
const evil = 0x66;
const bench = new RtpengineBench();

beforeAll(async () => {
  if (scenario.available) await bench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

if (scenario.available) runMediaContract("rtpengine itself", () => bench.farm());

scenario("RTP passes both ways, through hold and resume and a repeated answer", async () => {
  const call = await bench.call();
  for (const direction of ["sendrecv", "sendonly", "sendrecv"] as const) {
    await call.exchange(direction);
    await call.phoneIsHeard();
    await call.pbxIsHeard();
  }
});

scenario("SDES: what the phone seals the PBX reads, and what the PBX says only the phone's key opens", async () => {
  const key = new Uint8Array(30).fill(7);
  const call = await bench.call({ key });
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

scenario("RTCP has the port above, on both legs", async () => {
  const { call, phone, pbx } = await bench.callWithRtcp();
  const heard = await until(() => phone.send(rtcpPacket(5), call.phonePort + 1, us), pbx);
  expect(heard.port).toBe(call.pbxPort + 1);
});

scenario("threat L1: of a phone that says where it is, a stranger's packets are relayed at no time", async () => {
  const call = await bench.call();
  const attacker = await bench.host("127.0.0.66");
  const elsewhere = await bench.host("127.0.0.2");
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
    const call = await bench.call({ sdpAddress: "192.168.1.20" });
    const attacker = await bench.host("127.0.0.66");
    const heard = await until(
      () => attacker.send(rtpPacket({ sequence: 1, fill: evil }), call.phonePort, us),
      call.pbx,
    );
    expect(heard.bytes[20]).toBe(evil);
  },
);

scenario("a phone behind NAT is heard and hears, at the address that it signals from", async () => {
  const call = await bench.call({ sdpAddress: "192.168.1.20" });
  await call.phoneIsHeard();
  await call.pbxIsHeard();
});

scenario("packets of a call are counted when it ends", async () => {
  const call = await bench.call();
  await call.phoneIsHeard();
  await call.pbxIsHeard();
  bench.media?.close("c1");
  await bench.media?.stop();
  expect(bench.media?.status().packetsRelayed).toBeGreaterThanOrEqual(2);
});
