import { createSocket, type Socket } from "node:dgram";
import { expect, test } from "vitest";
import {
  connected,
  invite,
  type LabOptions,
  offer,
  patience,
  phoneOf,
  register,
  startLab,
  within,
} from "./conversation.ts";
import { tone } from "./g711.ts";
import { bodyOf, field } from "./phone.ts";
import { SrtpContext } from "./srtp.ts";

interface Ear {
  readonly port: number;
  readonly packets: Buffer[];
  send(packet: Buffer, port: number): void;
  close(): void;
}

async function openEar(): Promise<Ear> {
  const socket: Socket = createSocket("udp4");
  const packets: Buffer[] = [];
  socket.on("message", (bytes) => packets.push(bytes));
  const port = await new Promise<number>((resolve) =>
    socket.bind(0, "127.0.0.1", () => resolve(socket.address().port)),
  );
  return { port, packets, send: (packet, to) => socket.send(packet, to, "127.0.0.1"), close: () => socket.close() };
}

const portOf = (sdp: string): number => Number(sdp.split("m=audio ")[1]?.split(" ")[0]);

function rtp(payload: string, type: number, sequence: number): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(160 * sequence, 4);
  packet.writeUInt32BE(0xabcd, 8);
  packet.write(payload, 12, "latin1");
  return packet;
}

async function dialled(number: string, body: (port: number) => string, options: LabOptions = {}) {
  const pbx = await startLab(options);
  const [phone, ear] = [await phoneOf(pbx), await openEar()];
  await register(phone, "1001");
  const call = invite(phone, "1001", number, { body: body(ear.port) });
  const ok = await phone.next("SIP/2.0", (text) => Number(text.slice(8, 11)) >= 200);
  within(call, ok, "ACK", 1);
  const stop = async () => {
    phone.close();
    ear.close();
    await pbx.stop();
  };
  return { pbx, phone, ear, call, ok, stop };
}

test("600 sends the payload back, with its own SSRC and sequence, payload type and timestamp kept", async () => {
  const { ear, ok, stop } = await dialled("600", (port) => offer(port));
  for (const n of [1, 2, 4]) ear.send(rtp(`frame ${n}`, 0, n), portOf(bodyOf(ok)));
  await expect.poll(() => ear.packets.length, patience).toBe(3);
  expect(ear.packets.map((p) => p.toString("latin1", 12))).toEqual(["frame 1", "frame 2", "frame 4"]);
  expect(ear.packets.map((p) => p.readUInt32BE(4))).toEqual([160, 320, 640]);
  const [first = 0, second = 0, third = 0] = ear.packets.map((p) => p.readUInt16BE(2));
  expect([(second - first) & 0xffff, (third - second) & 0xffff]).toEqual([1, 2]);
  expect(new Set(ear.packets.map((p) => p.readUInt32BE(8))).size).toBe(1);
  expect(ear.packets[0]?.readUInt32BE(8)).not.toBe(0xabcd);
  await stop();
});

test("601 plays 440 Hz in the caller's first G.711 codec, without a gap in sequence or time", async () => {
  const alaw = (port: number) => offer(port).split("RTP/AVP 0").join("RTP/AVP 8 0");
  for (const { body, type, frames } of [
    { body: offer, type: 0, frames: tone.PCMU },
    { body: alaw, type: 8, frames: tone.PCMA },
  ]) {
    const { ear, stop } = await dialled("601", (port) => body(port));
    await expect.poll(() => ear.packets.length, patience).toBeGreaterThan(6);
    for (const [i, packet] of ear.packets.slice(0, 6).entries()) {
      expect(packet.readUInt8(1) & 0x7f).toBe(type);
      expect(packet.subarray(12)).toEqual(frames[i % 5]);
    }
    const [a, b] = ear.packets;
    expect(((b?.readUInt32BE(4) ?? 0) - (a?.readUInt32BE(4) ?? 0)) >>> 0).toBe(160);
    await stop();
  }
});

test("600 and SDES: AES_CM_128_HMAC_SHA1_80 with a key of our own; other suites and other keying are 488", async () => {
  const key = Buffer.alloc(30, 7);
  const secured = (suite: string) => (port: number) =>
    `${offer(port).split("RTP/AVP").join("RTP/SAVP")}a=crypto:3 ${suite} inline:${key.toString("base64")}|2^20\r\n`;
  const { ear, ok, stop } = await dialled("600", secured("AES_CM_128_HMAC_SHA1_80"));
  const sdp = bodyOf(ok);
  expect(sdp).toContain("RTP/SAVP 0 101");
  const theirs = sdp.split("a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:")[1]?.split("\r\n")[0] ?? "";
  const [seal, open] = [new SrtpContext(key), new SrtpContext(Buffer.from(theirs, "base64"))];
  ear.send(seal.protectRtp(rtp("secret", 0, 9)) ?? Buffer.alloc(0), portOf(sdp));
  ear.send(rtp("clear", 0, 10), portOf(sdp));
  await expect.poll(() => ear.packets.length, patience).toBe(1);
  expect(open.unprotectRtp(ear.packets[0] ?? Buffer.alloc(0))?.toString("latin1", 12)).toBe("secret");
  await stop();
  for (const body of [
    secured("AES_CM_128_HMAC_SHA1_32"),
    (port: number) => offer(port).split("RTP/AVP").join("UDP/TLS/RTP/SAVPF"),
  ]) {
    const refused = await dialled("600", body);
    expect(refused.ok).toContain("SIP/2.0 488");
    expect(refused.pbx.counts()).toMatchObject({ calls: 0, ports: 0 });
    await refused.stop();
  }
  const off = await dialled("600", secured("AES_CM_128_HMAC_SHA1_80"), { knobs: { srtp: "refuse" } });
  expect(off.ok).toContain("SIP/2.0 488");
  await off.stop();
});

test("the attendant hears keys by telephone-event, as offered, and by INFO, and puts the call through", async () => {
  const wide = (port: number) =>
    `${offer(port).split(" 101\r\n").join(" 120\r\n").split(":101 ").join(":120 ")}a=rtpmap:121 telephone-event/48000\r\n`;
  const { pbx, phone, ear, call, ok, stop } = await dialled("700", wide);
  const bob = await phoneOf(pbx);
  await register(bob, "1002");
  expect(bodyOf(ok)).toContain("RTP/AVP 0 120");
  const press = (digit: number, sequence: number) => rtp(String.fromCharCode(digit, 0x8a, 0, 160), 120, sequence);
  for (const packet of [press(1, 10), press(1, 10), press(0, 20)]) ear.send(packet, portOf(bodyOf(ok)));
  await expect.poll(() => pbx.calls()[0]?.digits, patience).toBe("10");
  for (const [i, digit] of ["0", "2"].entries()) {
    const { host } = phone;
    phone.send(
      [
        "INFO sip:700@pbx.example SIP/2.0",
        `Via: SIP/2.0/UDP ${host};branch=z9hG4bKinfo${i};rport`,
        `From: ${field(ok, "From")}`,
        `To: ${field(ok, "To")}`,
        `Call-ID: ${call.callId}`,
        `CSeq: ${5 + i} INFO`,
        "Content-Type: application/dtmf-relay",
      ].join("\n"),
      `Signal=${digit}\r\nDuration=160\r\n`,
    );
    await phone.next("200", (text) => field(text, "CSeq") === `${5 + i} INFO`);
  }
  expect(bodyOf(await bob.next("INVITE"))).toContain("RTP/AVP 0 120");
  bob.close();
  await stop();
});

test("a bridged call relays RTP and RTCP both ways", async () => {
  const pbx = await startLab();
  const { alice, bob, received, ok } = await connected(pbx);
  const ear = await openEar();
  const [toBob, toAlice] = [portOf(bodyOf(ok)), portOf(bodyOf(received))];
  ear.send(rtp("hello", 0, 1), toBob);
  ear.send(Buffer.from("80c9000100000007", "hex"), toBob + 1);
  await expect
    .poll(() => pbx.calls()[0]?.media, patience)
    .toMatchObject({
      a: [{ received: 1, rtcpReceived: 1 }],
      b: [{ sent: 1, rtcpSent: 1 }],
    });
  ear.send(rtp("back", 0, 1), toAlice);
  await expect.poll(() => ear.packets.map((p) => p.toString("latin1", 12)), patience).toEqual(["back"]);
  for (const phone of [alice, bob, ear]) phone.close();
  await pbx.stop();
});

test("RTP goes back to where it came from with latching, to the SDP's address without", async () => {
  for (const latch of [true, false]) {
    const { ear, ok, stop } = await dialled("600", offer, { knobs: { latch } });
    const elsewhere = await openEar();
    elsewhere.send(rtp("x", 0, 1), portOf(bodyOf(ok)));
    await expect.poll(() => ear.packets.length + elsewhere.packets.length, patience).toBe(1);
    expect(elsewhere.packets.length).toBe(latch ? 1 : 0);
    elsewhere.close();
    await stop();
  }
});

test("with the relay off each side gets the address of the other", async () => {
  const pbx = await startLab({ knobs: { relay: false } });
  const { alice, bob, received, ok } = await connected(pbx);
  expect([portOf(bodyOf(received)), portOf(bodyOf(ok))]).toEqual([alice.port + 1, bob.port + 1]);
  expect(pbx.counts().ports).toBe(0);
  alice.close();
  bob.close();
  await pbx.stop();
});
