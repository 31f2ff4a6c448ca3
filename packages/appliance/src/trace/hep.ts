/** HEP version 3 (the EEP of sipcapture.org): chunks of vendor, type, length and value behind a header of six octets. */
import { addressOctets, type Place } from "./place.ts";

export interface HepPacket {
  /** What carried it: of a message in TLS it is TCP. */
  readonly carrier: "udp" | "tcp";
  readonly source: Place;
  readonly destination: Place;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: "sip" | "rtcp-json";
  /** Number of this agent. */
  readonly agent: number;
  /** What the collector knows us by. */
  readonly key: string | undefined;
  /** Equal for what belongs together; empty: nothing does. */
  readonly correlation: string;
  readonly payload: Uint8Array;
}

const HEADER = 6;
const CHUNK_HEADER = 6;
/** The length of the whole stands in 16 bits. */
const MOST = 65_535;

const chunk = {
  family: 0x01,
  carrier: 0x02,
  source4: 0x03,
  destination4: 0x04,
  source6: 0x05,
  destination6: 0x06,
  sourcePort: 0x07,
  destinationPort: 0x08,
  seconds: 0x09,
  microseconds: 0x0a,
  kind: 0x0b,
  agent: 0x0c,
  key: 0x0e,
  payload: 0x0f,
  correlation: 0x11,
} as const;

const families = { 4: 2, 6: 10 } as const;
/** Numbers of IANA. */
const carriers = { udp: 17, tcp: 6 } as const;
const kinds = { sip: 1, "rtcp-json": 5 } as const;

/** What does not fit is cut off from the end of the payload. */
export function encodeHep(packet: HepPacket): Buffer {
  const { source, destination, at, key, correlation } = packet;
  const { family, octets } = addressOctets(source.address, destination.address);
  const seconds = Math.floor(at / 1_000);
  const parts = [
    part(chunk.family, byte(families[family])),
    part(chunk.carrier, byte(carriers[packet.carrier])),
    part(family === 4 ? chunk.source4 : chunk.source6, octets[0]),
    part(family === 4 ? chunk.destination4 : chunk.destination6, octets[1]),
    part(chunk.sourcePort, short(source.port)),
    part(chunk.destinationPort, short(destination.port)),
    part(chunk.seconds, word(seconds)),
    part(chunk.microseconds, word(Math.round((at - seconds * 1_000) * 1_000))),
    part(chunk.kind, byte(kinds[packet.kind])),
    part(chunk.agent, word(packet.agent)),
    ...(key === undefined ? [] : [part(chunk.key, Buffer.from(key, "utf8"))]),
    ...(correlation === "" ? [] : [part(chunk.correlation, Buffer.from(correlation, "latin1"))]),
  ];
  const used = parts.reduce((sum, { length }) => sum + length, HEADER);
  const body = part(chunk.payload, packet.payload.subarray(0, MOST - used - CHUNK_HEADER));
  const header = Buffer.alloc(HEADER);
  header.write("HEP3", "latin1");
  header.writeUInt16BE(used + body.length, 4);
  return Buffer.concat([header, ...parts, body]);
}

/** Vendor 0: a type of the specification. */
function part(type: number, value: Uint8Array): Buffer {
  const octets = Buffer.alloc(CHUNK_HEADER + value.length);
  octets.writeUInt16BE(type, 2);
  octets.writeUInt16BE(octets.length, 4);
  octets.set(value, CHUNK_HEADER);
  return octets;
}

const byte = (value: number): Buffer => Buffer.of(value);

function short(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

function word(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
