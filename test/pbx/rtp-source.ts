import { randomBytes } from "node:crypto";
import { type G711, tone } from "./g711.ts";
import type { MediaStream } from "./media-stream.ts";
import type { MediaTicker } from "./media-ticker.ts";

/** What the PBX itself sends: an echo or a tone, with its own SSRC and sequence, and a sender report every five seconds. */

const headerSize = 12;
const reportEvery = 250;
const ntpEpoch = 2_208_988_800;

interface Voice {
  readonly ssrc: number;
  packets: number;
  octets: number;
  timestamp: number;
}

/** RFC 3550 §6.4.1 sender report without blocks, then §6.5 SDES with a CNAME. */
function senderReport(voice: Voice, nowMs: number): Buffer {
  const cname = Buffer.from("mss");
  const out = Buffer.alloc(28 + 16);
  out.writeUInt32BE(0x80c8_0006, 0);
  out.writeUInt32BE(voice.ssrc, 4);
  out.writeUInt32BE(Math.floor(nowMs / 1000) + ntpEpoch, 8);
  out.writeUInt32BE(Math.floor(((nowMs % 1000) / 1000) * 0x1_0000_0000), 12);
  out.writeUInt32BE(voice.timestamp >>> 0, 16);
  out.writeUInt32BE(voice.packets >>> 0, 20);
  out.writeUInt32BE(voice.octets >>> 0, 24);
  out.writeUInt32BE(0x81ca_0003, 28);
  out.writeUInt32BE(voice.ssrc, 32);
  out.writeUInt8(1, 36);
  out.writeUInt8(cname.length, 37);
  cname.copy(out, 38);
  return out;
}

function startReports(stream: MediaStream, ticker: MediaTicker, voice: Voice): () => void {
  let ticks = 0;
  return ticker.add(() => {
    ticks += 1;
    if (ticks % reportEvery === 0 && voice.packets > 0) stream.sendRtcp(senderReport(voice, Date.now()));
  });
}

const newVoice = (): Voice => ({ ssrc: randomBytes(4).readUInt32BE(), packets: 0, octets: 0, timestamp: 0 });

/** Sends every packet back: payload, payload type, timestamp and marker as they came, SSRC and sequence of its own. */
export function startEcho(stream: MediaStream, ticker: MediaTicker): () => void {
  const voice = newVoice();
  const shift = randomBytes(2).readUInt16BE();
  stream.sink = (packet) => {
    if (packet.length < headerSize || packet.readUInt8(0) >> 6 !== 2) return;
    // The distance to the caller's sequence is kept, so loss and order stay as they were.
    packet.writeUInt16BE((packet.readUInt16BE(2) + shift) & 0xffff, 2);
    packet.writeUInt32BE(voice.ssrc, 8);
    voice.timestamp = packet.readUInt32BE(4);
    voice.packets += 1;
    voice.octets += packet.length - headerSize;
    stream.sendRtp(packet);
  };
  return startReports(stream, ticker, voice);
}

/** Plays 440 Hz in 20 ms packets; what comes in goes to `heard`. */
export function startTone(
  stream: MediaStream,
  ticker: MediaTicker,
  codec: { name: G711; payloadType: number },
  heard: (packet: Buffer) => void,
): () => void {
  const voice = newVoice();
  const frames = tone[codec.name];
  let sequence = randomBytes(2).readUInt16BE();
  voice.timestamp = randomBytes(4).readUInt32BE();
  stream.sink = heard;
  const stopReports = startReports(stream, ticker, voice);
  const stopTone = ticker.add(() => {
    const payload = frames[voice.packets % frames.length];
    if (payload === undefined) return;
    const packet = Buffer.allocUnsafe(headerSize + payload.length);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(codec.payloadType | (voice.packets === 0 ? 0x80 : 0), 1);
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE(voice.timestamp >>> 0, 4);
    packet.writeUInt32BE(voice.ssrc, 8);
    payload.copy(packet, headerSize);
    sequence = (sequence + 1) & 0xffff;
    voice.timestamp = (voice.timestamp + payload.length) >>> 0;
    voice.packets += 1;
    voice.octets += payload.length;
    stream.sendRtp(packet);
  });
  return () => {
    stopReports();
    stopTone();
  };
}
