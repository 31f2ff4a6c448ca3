/**
 * Messages as a capture that Wireshark and sngrep open: one UDP datagram each, whatever carried it, between the real addresses, because a
 * capture of TLS would need keys. Classic pcap with microseconds, packets that begin with their IP header (LINKTYPE_RAW).
 */
import { addressOctets, type Place } from "./place.ts";

export interface PcapPacket {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: Place;
  readonly destination: Place;
  readonly payload: Uint8Array;
}

const LINKTYPE_RAW = 101;
const UDP = 17;
const HOPS = 64;
const MOST = 65_535;

export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(MOST + 1, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}

/** What does not fit into a datagram is cut off. */
export function pcapRecord({ at, source, destination, payload }: PcapPacket): Buffer {
  const { family, octets } = addressOctets(source.address, destination.address);
  const ipHeader = family === 4 ? 20 : 40;
  const datagram = udp(source.port, destination.port, payload.subarray(0, MOST - ipHeader - 8));
  const ip = family === 4 ? ipv4(octets, datagram.length) : ipv6(octets, datagram.length);
  // RFC 8200 §8.1: with IPv6 the checksum of UDP is not optional.
  if (family === 6) datagram.writeUInt16BE(checksum([...octets, pseudoTail(datagram.length), datagram]) || 0xffff, 6);
  const head = Buffer.alloc(16);
  const seconds = Math.floor(at / 1_000);
  head.writeUInt32LE(seconds, 0);
  head.writeUInt32LE(Math.round((at - seconds * 1_000) * 1_000), 4);
  head.writeUInt32LE(ip.length + datagram.length, 8);
  head.writeUInt32LE(ip.length + datagram.length, 12);
  return Buffer.concat([head, ip, datagram]);
}

function udp(from: number, to: number, payload: Uint8Array): Buffer {
  const datagram = Buffer.alloc(8 + payload.length);
  datagram.writeUInt16BE(from, 0);
  datagram.writeUInt16BE(to, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  datagram.set(payload, 8);
  return datagram;
}

function ipv4([from, to]: readonly [Buffer, Buffer], carried: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + carried, 2);
  header.writeUInt8(HOPS, 8);
  header.writeUInt8(UDP, 9);
  header.set(from, 12);
  header.set(to, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

function ipv6([from, to]: readonly [Buffer, Buffer], carried: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(carried, 4);
  header.writeUInt8(UDP, 6);
  header.writeUInt8(HOPS, 7);
  header.set(from, 8);
  header.set(to, 24);
  return header;
}

function pseudoTail(carried: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(carried, 0);
  tail.writeUInt8(UDP, 7);
  return tail;
}

/** RFC 1071. Every part but the last has an even length. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const octets of parts) {
    for (let i = 0; i < octets.length; i += 2) sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
