/** ICE checks as a browser makes them, and its look at the answers. Independent of packages/media/src/ice-lite. */
import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

type Attribute = readonly [type: number, value: Uint8Array];

export interface CheckSetup {
  readonly username?: string;
  readonly password?: string;
  readonly priority?: number;
  readonly useCandidate?: boolean;
  readonly role?: "controlling" | "controlled";
  /** Between the known ones and MESSAGE-INTEGRITY. */
  readonly more?: readonly Attribute[];
  readonly behindIntegrity?: readonly Attribute[];
  readonly leaveOut?: "integrity" | "fingerprint";
  readonly transaction?: Uint8Array;
}

export const local = { ufrag: "ours", pwd: "the-password-of-ringfence" };
export const remote = { ufrag: "them", pwd: "what-the-browser-has-made" };

function attribute([type, value]: Attribute): Buffer {
  const octets = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  octets.writeUInt16BE(type);
  octets.writeUInt16BE(value.length, 2);
  octets.set(value, 4);
  return octets;
}

function number(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}

function withLength(message: Buffer, length: number): Buffer {
  message.writeUInt16BE(length - 20, 2);
  return message;
}

/** With Chromium's network cost and its goog-misc-info left in: attributes that nobody has to understand. */
export function check(setup: CheckSetup = {}): Buffer {
  const role = setup.role === "controlled" ? 0x8029 : 0x802a;
  const attributes: readonly Attribute[] = [
    [0x0006, Buffer.from(setup.username ?? `${local.ufrag}:${remote.ufrag}`)],
    [0xc057, number(1)],
    [role, Buffer.alloc(8, 7)],
    ...(setup.useCandidate === true ? [[0x0025, Buffer.alloc(0)] as const] : []),
    [0x0024, number(setup.priority ?? 0x6e0001ff)],
    ...(setup.more ?? []),
  ];
  const header = Buffer.concat([
    Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]),
    setup.transaction ?? Buffer.alloc(12, 9),
  ]);
  let message = Buffer.concat([header, ...attributes.map(attribute)]);
  if (setup.leaveOut !== "integrity") {
    const signed = withLength(message, message.length + 24);
    const tag = createHmac("sha1", setup.password ?? local.pwd)
      .update(signed)
      .digest();
    message = Buffer.concat([message, attribute([0x0008, tag]), ...(setup.behindIntegrity ?? []).map(attribute)]);
  }
  if (setup.leaveOut === "fingerprint") return withLength(message, message.length);
  withLength(message, message.length + 8);
  return Buffer.concat([message, attribute([0x8028, number(crc32(message) ^ 0x5354554e)])]);
}

/** Any message with its integrity and fingerprint made right: the last two attributes, where they stand, and the length before them. */
export function resealed(message: Uint8Array, password = local.pwd): Buffer {
  const body = Buffer.from(message.subarray(0, Math.max(20, (message.length - 32) & ~3)));
  const signed = withLength(body, body.length + 24);
  const tag = createHmac("sha1", password).update(signed).digest();
  const whole = Buffer.concat([signed, attribute([0x0008, tag])]);
  withLength(whole, whole.length + 8);
  return Buffer.concat([whole, attribute([0x8028, number(crc32(whole) ^ 0x5354554e)])]);
}

/** Class, error code and attributes of an answer whose integrity and fingerprint are right; undefined when they are not. */
export function readAnswer(
  answer: Uint8Array,
  password = local.pwd,
): { readonly type: number; readonly code: number; readonly attributes: ReadonlyMap<number, Buffer> } | undefined {
  const packet = Buffer.from(answer);
  const attributes = new Map<number, Buffer>();
  let integrityAt = 0;
  for (let at = 20; at < packet.length; ) {
    const [type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)];
    if (type === 8) integrityAt = at;
    attributes.set(type, packet.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  const end = packet.length - 8;
  if (packet.readUInt32BE(end + 4) !== (crc32(packet.subarray(0, end)) ^ 0x5354554e) >>> 0) return undefined;
  const signed = withLength(Buffer.from(packet.subarray(0, integrityAt)), integrityAt + 24);
  if (
    !createHmac("sha1", password)
      .update(signed)
      .digest()
      .equals(attributes.get(8) ?? Buffer.alloc(0))
  )
    return undefined;
  const error = attributes.get(9);
  const code = error === undefined ? 0 : (error[2] as number) * 100 + (error[3] as number);
  return { type: packet.readUInt16BE(0), code, attributes };
}
