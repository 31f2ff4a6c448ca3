/** Reads what `tcpdump -w` wrote, and what we write ourselves: IPv4 over Ethernet or without it, UDP datagrams and TCP segments. */

export interface Captured {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly protocol: "udp" | "tcp";
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly payload: Buffer;
}

const fileHeader = 24;
const recordHeader = 16;
const ethernetHeader = 14;
const littleEndianMagic = 0xa1b2c3d4;
/** Packets begin with their IP header. */
const linkTypeRaw = 101;

/** @throws Error when it is no pcap file of this machine's kind, or a packet in it is not whole. What the end of the file cuts off is left out. */
export function readPcap(file: Buffer): readonly Captured[] {
  if (file.length < fileHeader || file.readUInt32LE(0) !== littleEndianMagic) throw new Error("not a pcap file");
  const linkHeader = file.readUInt32LE(20) === linkTypeRaw ? 0 : ethernetHeader;
  const found: Captured[] = [];
  let at = fileHeader;
  while (at + recordHeader <= file.length) {
    const size = file.readUInt32LE(at + 8);
    const end = at + recordHeader + size;
    if (end > file.length) break;
    if (size < file.readUInt32LE(at + 12)) throw new Error("a packet was cut off: capture longer ones");
    const time = file.readUInt32LE(at) + file.readUInt32LE(at + 4) / 1e6;
    const packet = readFrame(file.subarray(at + recordHeader, end), linkHeader, time);
    if (packet !== undefined) found.push(packet);
    at = end;
  }
  return found;
}

function readFrame(frame: Buffer, linkHeader: number, time: number): Captured | undefined {
  if (frame.length < linkHeader + 20) return undefined;
  if (linkHeader > 0 && frame.readUInt16BE(12) !== 0x0800) return undefined;
  const ip = frame.subarray(linkHeader);
  const headerLength = (ip.readUInt8(0) & 0x0f) * 4;
  const number = ip.readUInt8(9);
  const protocol = number === 17 ? "udp" : number === 6 ? "tcp" : undefined;
  if (protocol === undefined) return undefined;
  // The total length, because Ethernet pads short frames.
  const body = ip.subarray(headerLength, ip.readUInt16BE(2));
  const ownHeader = protocol === "udp" ? 8 : (body.readUInt8(12) >> 4) * 4;
  return {
    time,
    protocol,
    source: [...ip.subarray(12, 16)].join("."),
    destination: [...ip.subarray(16, 20)].join("."),
    sourcePort: body.readUInt16BE(0),
    destinationPort: body.readUInt16BE(2),
    payload: body.subarray(ownHeader),
  };
}
