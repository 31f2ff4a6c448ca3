/**
 * A frame of a capture down to the payload of UDP or TCP: Ethernet with VLAN tags, Linux cooked (both), loopback and raw IP; IPv4 and
 * IPv6 with its extension headers. Whatever the frame says, the answer is a value.
 */
import type { Frame } from "./capture-reader.ts";

export interface Packet {
  readonly at: number;
  readonly protocol: "udp" | "tcp";
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
  /** Of the first octet of the payload; 0 for UDP. */
  readonly sequence: number;
}

/** Why a frame gave none. `other`: no UDP and no TCP. */
export type Unread = "link-type" | "cut" | "fragment" | "broken" | "other";

const UDP = 17;
const TCP = 6;
/** IPv6 extension headers that have a length of their own: hop by hop, routing, destination options. */
const extensions: ReadonlySet<number> = new Set([0, 43, 60]);
const FRAGMENT = 44;
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

export function readPacket({ at, linkType, bytes, cut }: Frame): Packet | Unread {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const network = networkLayer(frame, linkType);
  if (typeof network === "string") return network;
  const inner = network.length === 0 ? "broken" : (network[0] ?? 0) >> 4 === 6 ? ipv6(network) : ipv4(network);
  if (typeof inner === "string") return inner;
  // The IP packet is whole where only padding was cut off.
  if (cut && inner.missing) return "cut";
  return inner.missing ? "broken" : transportLayer(at, inner);
}

function networkLayer(frame: Buffer, linkType: number): Buffer | Unread {
  switch (linkType) {
    case 0:
    case 108:
      return behind(frame, 4);
    case 1:
      return ethernet(frame);
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return frame;
    case 113:
      return isIp(frame, 14) ? behind(frame, 16) : "other";
    case 276:
      return isIp(frame, 0) ? behind(frame, 20) : "other";
    default:
      return "link-type";
  }
}

function ethernet(frame: Buffer): Buffer | Unread {
  let type = 12;
  while (frame.length >= type + 2 && vlanTags.has(frame.readUInt16BE(type))) type += 4;
  return isIp(frame, type) ? behind(frame, type + 2) : "other";
}

function isIp(frame: Buffer, type: number): boolean {
  if (frame.length < type + 2) return false;
  const number = frame.readUInt16BE(type);
  return number === 0x0800 || number === 0x86dd;
}

function behind(frame: Buffer, header: number): Buffer | Unread {
  return frame.length < header ? "broken" : frame.subarray(header);
}

interface Inner {
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly body: Buffer;
  /** The body is shorter than the header says. */
  readonly missing: boolean;
}

function ipv4(packet: Buffer): Inner | Unread {
  if (packet.length < 20 || (packet[0] ?? 0) >> 4 !== 4) return "broken";
  const header = ((packet[0] ?? 0) & 0x0f) * 4;
  const total = packet.readUInt16BE(2);
  if (header < 20 || total < header) return "broken";
  // More fragments follow, or this is not the first.
  if ((packet.readUInt16BE(6) & 0x3fff) !== 0) return "fragment";
  return {
    protocol: packet[9] ?? 0,
    source: packet.subarray(12, 16).join("."),
    destination: packet.subarray(16, 20).join("."),
    // The total length, because Ethernet pads short frames.
    body: packet.subarray(header, total),
    missing: packet.length < total,
  };
}

function ipv6(packet: Buffer): Inner | Unread {
  if (packet.length < 40) return "broken";
  const end = 40 + packet.readUInt16BE(4);
  let protocol = packet[6] ?? 0;
  let at = 40;
  while (extensions.has(protocol) && at + 8 <= packet.length) {
    protocol = packet[at] ?? 0;
    at += ((packet[at + 1] ?? 0) + 1) * 8;
  }
  if (protocol === FRAGMENT) return "fragment";
  if (at > end) return "broken";
  return {
    protocol,
    source: hextets(packet, 8),
    destination: hextets(packet, 24),
    body: packet.subarray(at, end),
    missing: packet.length < end,
  };
}

/** The URL parser has the one spelling of RFC 5952. */
function hextets(packet: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => packet.readUInt16BE(at + 2 * i).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

function transportLayer(at: number, { protocol, source, destination, body }: Inner): Packet | Unread {
  if (protocol !== UDP && protocol !== TCP) return "other";
  if (body.length < (protocol === UDP ? 8 : 20)) return "broken";
  const header = protocol === UDP ? 8 : ((body[12] ?? 0) >> 4) * 4;
  const end = protocol === UDP ? body.readUInt16BE(4) : body.length;
  if (header > end || end > body.length || (protocol === TCP && header < 20)) return "broken";
  return {
    at,
    protocol: protocol === UDP ? "udp" : "tcp",
    source,
    sourcePort: body.readUInt16BE(0),
    destination,
    destinationPort: body.readUInt16BE(2),
    payload: body.subarray(header, end),
    sequence: protocol === TCP ? body.readUInt32BE(4) : 0,
  };
}
