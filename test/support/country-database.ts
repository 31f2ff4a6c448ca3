/** A MaxMind DB of networks and their countries (format 2.0, IPv4, records of 24 bits), for tests: no such file is ours to pass on. */

type Value = string | { readonly uint16: number } | { readonly uint32: number } | readonly string[] | Fields;
interface Fields {
  readonly [name: string]: Value;
}

/** @param networks first octets → country: `{ "192.0": "DE" }` */
export function countryDatabase(networks: Readonly<Record<string, string>>): Buffer {
  const nodes: [Slot, Slot][] = [[undefined, undefined]];
  const data: Buffer[] = [];
  let length = 0;
  for (const [network, country] of Object.entries(networks)) {
    const record = encoded({ country: { iso_code: country } });
    insert(nodes, bitsOf(network), { at: length });
    data.push(record);
    length += record.length;
  }
  const tree = Buffer.concat(nodes.map((node) => Buffer.concat(node.map((slot) => written(slot, nodes.length)))));
  const metadata = encoded({
    binary_format_major_version: { uint16: 2 },
    binary_format_minor_version: { uint16: 0 },
    build_epoch: { uint32: 1_795_000_000 },
    database_type: "Test-Country",
    description: { en: "a test" },
    ip_version: { uint16: 4 },
    languages: ["en"],
    node_count: { uint32: nodes.length },
    record_size: { uint16: 24 },
  });
  const mark = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
  return Buffer.concat([tree, Buffer.alloc(16), ...data, mark, metadata]);
}

/** Nothing, another node, or a place in the data. */
type Slot = undefined | { readonly node: number } | { readonly at: number };

function insert(nodes: [Slot, Slot][], bits: readonly (0 | 1)[], leaf: Slot): void {
  let at = 0;
  for (const [depth, bit] of bits.entries()) {
    const node = nodes[at] as [Slot, Slot];
    if (depth === bits.length - 1) {
      node[bit] = leaf;
      return;
    }
    const next = node[bit];
    if (next !== undefined && "node" in next) at = next.node;
    else {
      node[bit] = { node: nodes.length };
      at = nodes.length;
      nodes.push([undefined, undefined]);
    }
  }
}

function written(slot: Slot, count: number): Buffer {
  const value = slot === undefined ? count : "node" in slot ? slot.node : count + 16 + slot.at;
  return Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
}

function bitsOf(network: string): readonly (0 | 1)[] {
  const octets = network.split(".").map(Number);
  return octets.flatMap((octet) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((octet >> bit) & 1) as 0 | 1));
}

/** Types: 2 text, 5 and 6 numbers, 7 map, 11 list (extended). All are shorter than 29 octets or entries. */
function encoded(value: Value): Buffer {
  if (typeof value === "string") return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 11 - 7]), ...value.map(encoded)]);
  const fields = value as Fields;
  const { uint16, uint32 } = fields;
  if (typeof uint16 === "number") return number(5, 2, uint16);
  if (typeof uint32 === "number") return number(6, 4, uint32);
  const entries = Object.entries(fields);
  return Buffer.concat([
    Buffer.from([(7 << 5) | entries.length]),
    ...entries.flatMap(([name, entry]) => [encoded(name), encoded(entry)]),
  ]);
}

function number(type: number, octets: number, value: number): Buffer {
  const written = Buffer.alloc(octets);
  written.writeUIntBE(value, 0, octets);
  return Buffer.concat([Buffer.from([(type << 5) | octets]), written]);
}
