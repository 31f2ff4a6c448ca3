/** HEP version 3 read by somebody else: written from the specification, and from nothing of ours. */

export interface DecodedHep {
  /** Values of the chunks of vendor 0 by their type. */
  readonly chunks: ReadonlyMap<number, Buffer>;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Number of IANA. */
  readonly carrier: number;
  readonly kind: number;
  readonly agent: number;
  readonly key: string;
  readonly correlation: string;
  readonly payload: string;
}

/** Packets that follow each other, as a stream has them. @throws Error when the octets are no whole packets */
export function decodeHepStream(octets: Buffer): readonly DecodedHep[] {
  const packets: DecodedHep[] = [];
  for (let rest = octets; rest.length > 0; ) {
    const length = rest.length < 6 ? 0 : rest.readUInt16BE(4);
    if (length < 6 || length > rest.length) throw new Error("not a whole packet");
    packets.push(decodeHep(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return packets;
}

/** @throws Error when the octets are no packet */
export function decodeHep(packet: Buffer): DecodedHep {
  if (packet.subarray(0, 4).toString("latin1") !== "HEP3") throw new Error("not HEP version 3");
  if (packet.readUInt16BE(4) !== packet.length) throw new Error("the length is not that of the packet");
  const chunks = new Map<number, Buffer>();
  let at = 6;
  while (at < packet.length) {
    const [vendor, type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2), packet.readUInt16BE(at + 4)];
    if (length < 6 || at + length > packet.length) throw new Error(`chunk ${type} is not whole`);
    if (vendor === 0 && chunks.has(type)) throw new Error(`chunk ${type} is there twice`);
    if (vendor === 0) chunks.set(type, packet.subarray(at + 6, at + length));
    at += length;
  }
  const chunk = (type: number, length: number): Buffer => {
    const value = chunks.get(type);
    if (value?.length !== length) throw new Error(`chunk ${type} has not ${length} octets`);
    return value;
  };
  const six = chunk(0x01, 1)[0] === 10;
  const address = (type: number): string => (six ? hexGroups(chunk(type + 2, 16)) : [...chunk(type, 4)].join("."));
  return {
    chunks,
    source: address(0x03),
    destination: address(0x04),
    sourcePort: chunk(0x07, 2).readUInt16BE(),
    destinationPort: chunk(0x08, 2).readUInt16BE(),
    at: chunk(0x09, 4).readUInt32BE() * 1_000 + chunk(0x0a, 4).readUInt32BE() / 1_000,
    carrier: chunk(0x02, 1).readUInt8(),
    kind: chunk(0x0b, 1).readUInt8(),
    agent: chunk(0x0c, 4).readUInt32BE(),
    key: chunks.get(0x0e)?.toString("utf8") ?? "",
    correlation: chunks.get(0x11)?.toString("latin1") ?? "",
    payload: chunks.get(0x0f)?.toString("latin1") ?? "",
  };
}

function hexGroups(address: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => address.readUInt16BE(2 * i).toString(16)).join(":");
}
