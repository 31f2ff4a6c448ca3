/** Threat L1, RTP bleed and RTP injection: nobody but the signalled peer hears or is heard. Hosts are 127/8 addresses. */

import { createMedia, type Media, type MediaLogEvent } from "@ringfence/media";
import { afterEach, expect, test } from "vitest";
import { MediaCall, phoneAddress, us } from "../support/media-call.ts";
import { rtcpPacket, rtpPacket, UdpHost } from "../support/udp-host.ts";

const calls = 20;
const ports = { first: 47_000, last: 47_199 };
const evil = 0x66;

let media: Media;
const logged: MediaLogEvent[] = [];
const opened: { close(): void }[] = [];

async function start(): Promise<void> {
  logged.length = 0;
  media = await createMedia({
    settings: { ports, inactivityMs: 0, learn: { windowMs: 3000, packets: 5 } },
    workers: 1,
    onEvent: () => {},
    log: (event) => logged.push(event),
  });
}

async function newCall(id: string): Promise<MediaCall> {
  const call = await MediaCall.start(media, id);
  opened.push(call);
  return call;
}

async function host(address: string): Promise<UdpHost> {
  const made = await UdpHost.open(address);
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const thing of opened.splice(0)) thing.close();
  await media.stop();
});

/** Every port of the range, several times: enough for a source to be locked, were it eligible. */
async function spray(attacker: UdpHost): Promise<void> {
  for (let n = 0; n < 6; n++) {
    for (let port = ports.first; port <= ports.last; port++) {
      await attacker.send(port % 2 === 0 ? rtpPacket({ sequence: n, fill: evil }) : rtcpPacket(), port, us);
    }
  }
}

function heardEvil(call: MediaCall): boolean {
  return [...call.phone.drain(), ...call.pbx.drain()].some(({ bytes }) => bytes[20] === evil);
}

test("threat L1: a spray over the whole range before, during and after set-up, on hold and across a re-INVITE gets and gives nothing", async () => {
  await start();
  const attacker = await host("127.0.0.66");
  await spray(attacker);
  const all: MediaCall[] = [];
  for (let n = 0; n < calls; n++) all.push(await newCall(`c${n}`));
  await spray(attacker);
  for (const call of all) await call.phoneIsHeard();
  for (const call of all) await call.pbxIsHeard();
  await spray(attacker);
  for (const call of all) await call.exchange("sendonly");
  await spray(attacker);
  await all[0]?.exchange("sendrecv", () => spray(attacker));
  for (const call of all.slice(1)) await call.exchange();
  await spray(attacker);
  for (const call of all) {
    expect(heardEvil(call)).toBe(false);
    await call.phoneIsHeard();
    await call.pbxIsHeard();
    expect(heardEvil(call)).toBe(false);
  }
  expect(attacker.received).toBe(0);
}, 60_000);

test("threat L1: an attacker behind the victim's own NAT cannot push out a phone that speaks, and is reported", async () => {
  await start();
  const call = await newCall("c1");
  const neighbour = await host(phoneAddress);
  // The engine has its rules from here on: packets before that are dropped and prove nothing.
  await call.phoneIsHeard();
  for (let n = 0; n < 50; n++) {
    await call.phone.send(rtpPacket({ sequence: n }), call.phonePort, us);
    for (let m = 0; m < 4; m++) await neighbour.send(rtpPacket({ sequence: n, fill: evil }), call.phonePort, us);
  }
  await call.pbxIsHeard();
  expect(heardEvil(call)).toBe(false);
  expect(neighbour.received).toBe(0);
  while (!logged.some((line) => line.event === "rtp.foreign_source"))
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(logged.find((line) => line.event === "rtp.foreign_source")).toMatchObject({
    call: "c1",
    leg: "a",
    address: phoneAddress,
  });
});

test("threat L1: nothing is sent to a phone behind NAT before it was heard from its signalling address", async () => {
  await start();
  // 169.254 would be refused; a private address that is not the signalling one is what a phone behind NAT writes.
  const call = await MediaCall.start(media, "c1", { sdpAddress: "192.168.77.8" });
  opened.push(call);
  const attacker = await host("127.0.0.66");
  for (let n = 0; n < 20; n++) {
    await attacker.send(rtpPacket({ sequence: n, fill: evil }), call.phonePort, us);
    await call.pbx.send(rtpPacket({ sequence: n }), call.pbxPort, us);
  }
  expect(call.phone.received + attacker.received).toBe(0);
  await call.phoneIsHeard();
  await call.pbxIsHeard();
  expect(attacker.received).toBe(0);
});

test("threat L1: a phone whose NAT rebound mid-call is silent until it re-INVITEs, then heard again", async () => {
  await start();
  const call = await newCall("c1");
  for (let n = 0; n < 8; n++) await call.phoneIsHeard();
  const rebound = await host(phoneAddress);
  for (let n = 0; n < 10; n++) await rebound.send(rtpPacket({ sequence: n, ssrc: 5 }), call.phonePort, us);
  await call.pbxIsHeard();
  expect(rebound.received).toBe(0);
  await call.exchange();
  await call.phoneIsHeard(rebound);
  await call.pbxIsHeard(rebound);
});
