/**
 * STUN messages as ICE uses them (RFC 8489 §5, §14; RFC 8445 §16). Pure; hostile octets become undefined.
 *
 * Stricter than the RFC asks: the length has to fit the datagram exactly, and what follows MESSAGE-INTEGRITY is not
 * looked at, but for FINGERPRINT, so that nothing that was not authenticated is ever acted upon.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

const attributeType = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  integritySha256: 0x001c,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;

const bindingRequest = 0x0001;
const cookie = 0x2112_a442;
const headerLength = 20;
const longest = 1_500;
const maxAttributes = 32;
const integrityLength = 20;
/** RFC 8489 §14.7: so that it differs from a CRC some other protocol may end with. */
const fingerprintXor = 0x5354_554e;

/** Comprehension-required attributes that a check may hold; another one is answered 420 (RFC 8489 §6.3.1). */
const understood: ReadonlySet<number> = new Set([
  attributeType.username,
  attributeType.integrity,
  attributeType.integritySha256,
  attributeType.priority,
  attributeType.useCandidate,
]);

/** A Binding request, nothing of it proven yet. */
export interface BindingRequest {
  /** All of it, as it came. */
  readonly packet: Uint8Array;
  /** 12 octets. */
  readonly transaction: Uint8Array;
  readonly username: Uint8Array;
  /** Where MESSAGE-INTEGRITY begins. */
  readonly integrityAt: number;
  readonly priority: number;
  readonly useCandidate: boolean;
  /** The sender believes that we control. */
  readonly controlled: boolean;
  /** Comprehension-required attributes that we do not know. */
  readonly unknown: readonly number[];
}

interface Attribute {
  readonly type: number;
  readonly at: number;
  readonly value: Uint8Array;
}

/** undefined for what is no well-formed Binding request with USERNAME, MESSAGE-INTEGRITY and a right FINGERPRINT. */
export function readBindingRequest(packet: Uint8Array): BindingRequest | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet.length < headerLength || packet.length > longest || packet.length % 4 !== 0) return undefined;
  if (view.getUint16(0) !== bindingRequest || view.getUint32(4) !== cookie) return undefined;
  if (view.getUint16(2) !== packet.length - headerLength) return undefined;
  const all = readAttributes(packet, view);
  if (all === undefined || !fingerprintHolds(all.at(-1), packet, view)) return undefined;
  const end = all.findIndex(({ type }) => type === attributeType.integrity);
  const integrity = all[end];
  if (integrity?.value.length !== integrityLength) return undefined;
  const proven = all.slice(0, end);
  const find = (type: number): Uint8Array | undefined => proven.find((one) => one.type === type)?.value;
  const username = find(attributeType.username);
  const priority = find(attributeType.priority);
  if (username === undefined || (priority !== undefined && priority.length !== 4)) return undefined;
  return {
    packet,
    transaction: packet.subarray(8, headerLength),
    username,
    integrityAt: integrity.at,
    priority: priority === undefined ? 0 : new DataView(priority.buffer, priority.byteOffset).getUint32(0),
    useCandidate: find(attributeType.useCandidate) !== undefined,
    controlled: find(attributeType.controlled) !== undefined,
    unknown: proven.map(({ type }) => type).filter((type) => type < 0x8000 && !understood.has(type)),
  };
}

function readAttributes(packet: Uint8Array, view: DataView): readonly Attribute[] | undefined {
  const all: Attribute[] = [];
  let at = headerLength;
  while (at < packet.length) {
    if (packet.length - at < 4 || all.length === maxAttributes) return undefined;
    const length = view.getUint16(at + 2);
    const next = at + 4 + length + ((4 - (length % 4)) % 4);
    if (next > packet.length) return undefined;
    all.push({ type: view.getUint16(at), at, value: packet.subarray(at + 4, at + 4 + length) });
    at = next;
  }
  return all;
}

/** RFC 8489 §14.7: the last attribute, over everything before it. */
function fingerprintHolds(last: Attribute | undefined, packet: Uint8Array, view: DataView): boolean {
  if (last?.type !== attributeType.fingerprint || last.value.length !== 4) return false;
  return view.getUint32(last.at + 4) === (crc32(packet.subarray(0, last.at)) ^ fingerprintXor) >>> 0;
}

/** RFC 8489 §14.5, short-term credentials. In constant time. @param key the password, UTF-8 */
export function integrityHolds(request: BindingRequest, key: Uint8Array): boolean {
  const { packet, integrityAt } = request;
  const signed = Buffer.from(packet.subarray(0, integrityAt));
  // The length field counts up to the end of MESSAGE-INTEGRITY, and nothing behind it.
  signed.writeUInt16BE(integrityAt + 4 + integrityLength - headerLength, 2);
  const right = createHmac("sha1", key).update(signed).digest();
  return timingSafeEqual(right, packet.subarray(integrityAt + 4, integrityAt + 4 + integrityLength));
}

/** RFC 8489 §7.3.1.1: what the socket saw goes back in XOR-MAPPED-ADDRESS. @param address canonical text form */
export function bindingSuccess(
  transaction: Uint8Array,
  source: { readonly address: string; readonly port: number },
  key: Uint8Array,
): Uint8Array {
  return seal(0x0101, transaction, [[attributeType.xorMappedAddress, xorMapped(transaction, source)]], key);
}

/** 420 names what is not known (RFC 8489 §6.3.1), 487 a wrong role (RFC 8445 §7.3.1.1). */
export function bindingError(
  transaction: Uint8Array,
  code: 420 | 487,
  unknown: readonly number[],
  key: Uint8Array,
): Uint8Array {
  const reason = Buffer.from(code === 420 ? "Unknown Attribute" : "Role Conflict");
  const value = Buffer.concat([Buffer.from([0, 0, Math.floor(code / 100), code % 100]), reason]);
  const attributes: [number, Uint8Array][] = [[attributeType.errorCode, value]];
  if (code === 420) {
    const names = Buffer.alloc(2 * unknown.length);
    for (const [index, type] of unknown.entries()) names.writeUInt16BE(type, 2 * index);
    attributes.push([attributeType.unknownAttributes, names]);
  }
  return seal(0x0111, transaction, attributes, key);
}

function xorMapped(transaction: Uint8Array, source: { readonly address: string; readonly port: number }): Uint8Array {
  const octets = addressOctets(source.address);
  const value = Buffer.alloc(4 + octets.length);
  value[1] = octets.length === 4 ? 1 : 2;
  value.writeUInt16BE(source.port ^ (cookie >>> 16), 2);
  const mask = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), transaction]);
  for (const [index, octet] of octets.entries()) value[4 + index] = octet ^ (mask[index] as number);
  return value;
}

function addressOctets(address: string): readonly number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const [head = "", tail] = address.split("::");
  const words = (text: string): readonly number[] =>
    text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? "")];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(gap).fill(0), ...after].flatMap((word) => [word >> 8, word & 0xff]);
}

function seal(
  type: number,
  transaction: Uint8Array,
  attributes: readonly (readonly [number, Uint8Array])[],
  key: Uint8Array,
): Uint8Array {
  const body = Buffer.concat(attributes.map(([name, value]) => encode(name, value)));
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(type);
  header.writeUInt32BE(cookie, 4);
  header.set(transaction, 8);
  const integrityEnd = body.length + 4 + integrityLength;
  header.writeUInt16BE(integrityEnd, 2);
  const tag = createHmac("sha1", key).update(header).update(body).digest();
  header.writeUInt16BE(integrityEnd + 8, 2);
  const signed = Buffer.concat([header, body, encode(attributeType.integrity, tag)]);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ fingerprintXor) >>> 0);
  return Uint8Array.from(Buffer.concat([signed, encode(attributeType.fingerprint, fingerprint)]));
}

function encode(type: number, value: Uint8Array): Buffer {
  const padded = Buffer.alloc(4 + value.length + ((4 - (value.length % 4)) % 4));
  padded.writeUInt16BE(type);
  padded.writeUInt16BE(value.length, 2);
  padded.set(value, 4);
  return padded;
}
