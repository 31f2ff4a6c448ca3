/**
 * The records of a capture file, classic pcap or pcapng, in either byte order: octets in, frames out. It holds one record back at
 * most; what the file says of its own lengths is believed up to a limit and never beyond the octets that are there.
 */

export interface Frame {
  /** Whole milliseconds since 1970. */
  readonly at: number;
  /** LINKTYPE_* of tcpdump.org. */
  readonly linkType: number;
  /** As captured; less than was on the wire where `cut`. Valid until the next push. */
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

/** Why nothing more is read: the file is none that is known here, or its lengths cannot be right. */
export type CaptureFailure = "not-a-capture" | "broken-record";

/** What one push brought, and whether the reader goes on. */
export interface CaptureStep {
  readonly frames: readonly Frame[];
  readonly failure: CaptureFailure | undefined;
}

/** A record: the longest that tcpdump writes is 262,144 octets. */
const LONGEST = 1_048_576;
const PCAPNG = 0x0a0d0d0a;
/** Interfaces of one section that are remembered. */
const MOST_INTERFACES = 1_024;

interface Interface {
  readonly linkType: number;
  /** Of a time stamp, in milliseconds. */
  readonly unit: number;
}

type Format = "unknown" | "classic" | "blocks";

export class CaptureReader {
  #held: Buffer = Buffer.alloc(0);
  #format: Format = "unknown";
  #little = true;
  #interfaces: Interface[] = [];
  #failure: CaptureFailure | undefined;

  /** Octets of a record that is not whole yet: at the end of the file, what was cut off. */
  get held(): number {
    return this.#held.length;
  }

  push(chunk: Uint8Array): CaptureStep {
    const frames: Frame[] = [];
    if (this.#failure === undefined) {
      this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
      let used = 0;
      for (let size = this.#next(used, frames); size > 0; size = this.#next(used, frames)) used += size;
      this.#held = this.#held.subarray(used);
    }
    return { frames, failure: this.#failure };
  }

  /** Octets of the record at that place, 0 when it is not there yet or nothing more is read. */
  #next(at: number, frames: Frame[]): number {
    if (this.#failure !== undefined) return 0;
    const rest = this.#held.subarray(at);
    if (this.#format === "unknown") return this.#begin(rest);
    return this.#format === "classic" ? this.#record(rest, frames) : this.#block(rest, frames);
  }

  #begin(rest: Buffer): number {
    if (rest.length < 4) return 0;
    if (rest.readUInt32BE(0) === PCAPNG) {
      this.#format = "blocks";
      return this.#block(rest, []);
    }
    const classic = classicMagic(rest);
    if (classic === undefined) return this.#fail("not-a-capture");
    if (rest.length < 24) return 0;
    this.#little = classic.little;
    // The upper bits hold the length of a frame check sequence.
    this.#interfaces = [{ linkType: this.#u32(rest, 20) & 0xffff, unit: classic.unit }];
    this.#format = "classic";
    return 24;
  }

  #record(rest: Buffer, frames: Frame[]): number {
    if (rest.length < 16) return 0;
    const length = this.#u32(rest, 8);
    if (length > LONGEST) return this.#fail("broken-record");
    if (rest.length < 16 + length) return 0;
    const [{ linkType, unit } = none] = this.#interfaces;
    const at = Math.round(this.#u32(rest, 0) * 1_000 + this.#u32(rest, 4) * unit);
    frames.push({ at, linkType, bytes: rest.subarray(16, 16 + length), cut: length < this.#u32(rest, 12) });
    return 16 + length;
  }

  #block(rest: Buffer, frames: Frame[]): number {
    if (rest.length < 12) return 0;
    const begins = rest.readUInt32BE(0) === PCAPNG;
    // A section says its byte order itself, behind its length.
    if (begins) this.#little = rest.readUInt32LE(8) === 0x1a2b3c4d;
    if (begins && !this.#little && rest.readUInt32BE(8) !== 0x1a2b3c4d) return this.#fail("broken-record");
    const type = this.#u32(rest, 0);
    const length = this.#u32(rest, 4);
    if (length < 12 || length > LONGEST || length % 4 !== 0) return this.#fail("broken-record");
    if (rest.length < length) return 0;
    const body = rest.subarray(8, length - 4);
    if (begins) this.#interfaces = [];
    else if (type === 1) this.#interface(body);
    else if (type === 6) this.#enhanced(body, frames);
    return length;
  }

  #interface(body: Buffer): void {
    if (body.length < 8 || this.#interfaces.length >= MOST_INTERFACES) return;
    const linkType = this.#little ? body.readUInt16LE(0) : body.readUInt16BE(0);
    this.#interfaces.push({ linkType, unit: this.#unit(body.subarray(8)) });
  }

  /** Option 9, if_tsresol: a power of ten, or of two with the highest bit. Without it microseconds. */
  #unit(options: Buffer): number {
    let at = 0;
    while (at + 4 <= options.length) {
      const [code, length] = this.#little
        ? [options.readUInt16LE(at), options.readUInt16LE(at + 2)]
        : [options.readUInt16BE(at), options.readUInt16BE(at + 2)];
      if (code === 0 || at + 4 + length > options.length) break;
      const power = options[at + 4] ?? 6;
      if (code === 9 && length === 1) return 1_000 * (power < 128 ? 10 ** -power : 2 ** -(power - 128));
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
    return 1e-3;
  }

  #enhanced(body: Buffer, frames: Frame[]): void {
    if (body.length < 20) return;
    const known = this.#interfaces[this.#u32(body, 0)];
    const length = this.#u32(body, 12);
    if (known === undefined || length > body.length - 20) return;
    // In nanoseconds it is more than a number holds exactly; whole milliseconds are enough.
    const at = Math.round((this.#u32(body, 4) * 2 ** 32 + this.#u32(body, 8)) * known.unit);
    const { linkType } = known;
    frames.push({ at, linkType, bytes: body.subarray(20, 20 + length), cut: length < this.#u32(body, 16) });
  }

  #u32(bytes: Buffer, at: number): number {
    return this.#little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  #fail(why: CaptureFailure): 0 {
    this.#failure = why;
    return 0;
  }
}

const none: Interface = { linkType: 1, unit: 1e-3 };

/** Micro- or nanoseconds, in the byte order of the machine that wrote it. */
function classicMagic(bytes: Buffer): { readonly little: boolean; readonly unit: number } | undefined {
  for (const little of [true, false]) {
    const magic = little ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0);
    if (magic === 0xa1b2c3d4) return { little, unit: 1e-3 };
    if (magic === 0xa1b23c4d) return { little, unit: 1e-6 };
  }
  return undefined;
}
