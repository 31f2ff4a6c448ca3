/** Threat L2 on real sockets: what does not authenticate is dropped, teaches nothing, and never ends a call. */

import { createMedia, type DropReason, type Media, type MediaLogEvent } from "@ringfence/media";
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { afterEach, expect, test } from "vitest";
import { MediaCall, us } from "../support/media-call.ts";
import { rtpPacket, UdpHost } from "../support/udp-host.ts";

const suite = "AES_CM_128_HMAC_SHA1_80";
const key = new Uint8Array(30).fill(7);
const flood = 300;

let media: Media;
let call: MediaCall;
const logged: MediaLogEvent[] = [];

afterEach(async () => {
  call.close();
  await media.stop();
});

async function start(): Promise<void> {
  logged.length = 0;
  media = await createMedia({
    settings: { ports: { first: 47_400, last: 47_499 }, inactivityMs: 0, learn: { windowMs: 3000, packets: 5 } },
    workers: 1,
    onEvent: (event) => expect.unreachable(event.kind),
    log: (event) => logged.push(event),
  });
  call = await MediaCall.start(media, "c1", { key });
}

type Protector = ReturnType<typeof createProtector>;

function seal(protector: Protector, sequence: number, ssrc = 1): Buffer {
  const packet = Buffer.concat([rtpPacket({ sequence, ssrc }), Buffer.alloc(32)]);
  return packet.subarray(0, protector.rtp(packet, 172));
}

const numberOf = (packet: Buffer): number => packet.readUInt16BE(2);

/** Sends sealed packets until one is heard, and waits for the last of them; returns the next sequence number. */
async function speak(protector: Protector, sequence: number, ssrc = 1): Promise<number> {
  call.pbx.drain();
  let next = sequence;
  const send = () => call.phone.send(seal(protector, next++, ssrc), call.phonePort, us);
  const again = setInterval(() => void send(), 5);
  await call.pbx.next();
  clearInterval(again);
  await send();
  while (numberOf((await call.pbx.next()).bytes) !== ((next - 1) & 0xffff));
  return next;
}

/** Repeats a round until each reason was counted so often: the kernel drops what a busy machine does not read in time. */
async function floodUntil(reasons: readonly DropReason[], round: () => Promise<void>): Promise<void> {
  while (reasons.some((reason) => media.status().dropped[reason] < flood)) {
    await round();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("threat L2: forged, truncated, foreign and replayed packets are dropped and counted; the call goes on, one line of each kind is logged", async () => {
  await start();
  const protector = createProtector(suite, key);
  const attacker = await UdpHost.open("127.0.0.66");
  const sequence = await speak(protector, 1);
  const recorded = seal(protector, sequence);
  await call.phone.send(recorded, call.phonePort, us);
  await call.pbx.next();
  const heardBefore = call.pbx.received;
  const forger = createProtector(suite, new Uint8Array(30).fill(8));
  let n = 0;
  await floodUntil(["srtp-authentication", "srtp-replay", "srtp-other", "foreign-source"], async () => {
    for (const end = n + 20; n < end; n++) {
      await call.phone.send(seal(forger, n + 1), call.phonePort, us);
      await call.phone.send(seal(forger, n + 1, 99), call.phonePort, us);
      await call.phone.send(recorded.subarray(0, 12 + (n % 10)), call.phonePort, us);
      await call.phone.send(recorded, call.phonePort, us);
      await attacker.send(recorded, call.phonePort, us);
    }
  });
  expect(call.pbx.received).toBe(heardBefore);
  await speak(protector, sequence + 1);
  await call.pbx.send(rtpPacket({ sequence: 1 }), call.pbxPort, us);
  const heard = (await call.phone.next()).bytes;
  expect(createUnprotector(suite, call.ourKey).rtp(heard, heard.length)).toBe(172);
  expect(attacker.received).toBe(0);
  expect(logged.filter((line) => line.event === "rtp.foreign_source").length).toBe(1);
  const forged = logged.filter((line) => line.event === "rtp.unauthentic");
  expect(forged).toMatchObject([{ level: "warn", address: call.phone.address, port: call.phone.port }]);
  expect(media.status().dropped.bug).toBe(0);
  attacker.close();
});

test("threat L2: unauthenticated packets from the signalling address teach no address", async () => {
  await start();
  const neighbour = await UdpHost.open(call.phone.address);
  const forger = createProtector(suite, new Uint8Array(30).fill(8));
  let n = 0;
  await floodUntil(["srtp-authentication"], async () => {
    for (const end = n + 50; n < end; n++) await neighbour.send(seal(forger, n + 1), call.phonePort, us);
  });
  await call.pbx.send(rtpPacket({ sequence: 1 }), call.pbxPort, us);
  await call.phone.next();
  expect(neighbour.received).toBe(0);
  neighbour.close();
});

test("threat L2: sequence numbers that wrap twice, and a new SSRC after hold, authenticate without a loss", async () => {
  await start();
  const protector = createProtector(suite, key);
  await speak(protector, 60_000);
  // Strides stay below half of the sequence space, as after losses; two wraps.
  for (let sequence = 65_000; sequence < 65_000 + 2 * 65_536; sequence += 5_000) {
    await call.phone.send(seal(protector, sequence), call.phonePort, us);
    expect(numberOf((await call.pbx.next()).bytes)).toBe(sequence & 0xffff);
  }
  await call.exchange("sendonly");
  await call.exchange();
  await speak(protector, 3, 0xabcdef);
  expect(media.status().dropped["srtp-authentication"]).toBe(0);
});
