/** Captures as tcpdump and Wireshark write them, for tests of who reads them. */

export interface Written {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: readonly [address: string, port: number];
  readonly destination: readonly [address: string, port: number];
  readonly payload: Uint8Array;
  /** TCP with this sequence number; without it UDP. */
  readonly sequence?: number;
}

/** Classic pcap of Ethernet frames, little endian, microseconds. */
export function writePcap(packets: readonly Written[]): Buffer {
  return Buffer.concat([pcapHeader(1), ...packets.map((packet) => pcapRecord(packet.at, ethernetFrame(packet)))]);
}

export function pcapHeader(linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
}

export function pcapRecord(at: number, frame: Uint8Array, onTheWire = frame.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1_000), 0);
  header.writeUInt32LE(Math.round((at % 1_000) * 1_000), 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(onTheWire, 12);
  return Buffer.concat([header, frame]);
}

/** A pcapng file of one section and one interface, big endian, nanoseconds. */
export function writePcapng(packets: readonly Written[]): Buffer {
  const section = Buffer.concat([u32(0x1a2b3c4d), Buffer.from([0, 1, 0, 0]), Buffer.alloc(8, 0xff)]);
  const resolution = Buffer.from([0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0]);
  const device = Buffer.concat([Buffer.from([0, 1, 0, 0]), u32(0), resolution]);
  const blocks = packets.map((packet) => {
    const frame = ethernetFrame(packet);
    const time = BigInt(Math.round(packet.at * 1_000)) * 1_000n;
    const padding = Buffer.alloc((4 - (frame.length % 4)) % 4);
    const head = [
      u32(0),
      u32(Number(time >> 32n)),
      u32(Number(time & 0xffffffffn)),
      u32(frame.length),
      u32(frame.length),
    ];
    return block(6, Buffer.concat([...head, frame, padding]));
  });
  return Buffer.concat([block(0x0a0d0d0a, section), block(1, device), ...blocks]);
}

function block(type: number, body: Buffer): Buffer {
  const length = u32(body.length + 12);
  return Buffer.concat([u32(type), length, body, length]);
}

export function ethernetFrame(packet: Written): Buffer {
  const type = Buffer.from(packet.source[0].includes(":") ? [0x86, 0xdd] : [0x08, 0x00]);
  return Buffer.concat([Buffer.alloc(12), type, ipPacket(packet)]);
}

export function ipPacket(packet: Written): Buffer {
  const body = transport(packet);
  const number = packet.sequence === undefined ? 17 : 6;
  if (packet.source[0].includes(":")) {
    const head = Buffer.from([0x60, 0, 0, 0, body.length >> 8, body.length & 0xff, number, 64]);
    return Buffer.concat([head, v6(packet.source[0]), v6(packet.destination[0]), body]);
  }
  const total = 20 + body.length;
  const head = Buffer.from([0x45, 0, total >> 8, total & 0xff, 0, 0, 0, 0, 64, number, 0, 0]);
  return Buffer.concat([head, v4(packet.source[0]), v4(packet.destination[0]), body]);
}

function transport({ source, destination, payload, sequence }: Written): Buffer {
  const ports = Buffer.from([source[1] >> 8, source[1] & 0xff, destination[1] >> 8, destination[1] & 0xff]);
  if (sequence === undefined) {
    const length = 8 + payload.length;
    return Buffer.concat([ports, Buffer.from([length >> 8, length & 0xff, 0, 0]), payload]);
  }
  return Buffer.concat([ports, u32(sequence), u32(0), Buffer.from([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]), payload]);
}

function v4(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

/** Full form only: eight groups. */
function v6(address: string): Buffer {
  const groups = address.split(":").map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
