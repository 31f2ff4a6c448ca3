/**
 * The first record of a TLS connection, gathered before anything is made for it: half a ClientHello then costs no more than
 * a TCP connection does, and what begins a handshake is there whole.
 */

/** RFC 8446 §5.1: content type handshake, then the version, of which only the first octet has always been the same. */
const HANDSHAKE = 0x16;
const MAJOR_VERSION = 3;
const HEAD = 5;
const LONGEST = 2 ** 14;

/** `alien`: no TLS, or the hello of SSL 2.0, which RFC 8446 §D.5 advises to refuse. */
export type RecordState = "more" | "whole" | "alien";

export class FirstRecord {
  #octets: Buffer = Buffer.alloc(0);

  /** Everything that came, the record and what followed it. */
  get octets(): Buffer {
    return this.#octets;
  }

  push(chunk: Buffer): RecordState {
    this.#octets = this.#octets.length === 0 ? chunk : Buffer.concat([this.#octets, chunk]);
    const [type, major = MAJOR_VERSION] = this.#octets;
    if (type !== HANDSHAKE || major !== MAJOR_VERSION) return "alien";
    if (this.#octets.length < HEAD) return "more";
    const length = this.#octets.readUInt16BE(3);
    if (length === 0 || length > LONGEST) return "alien";
    return this.#octets.length < HEAD + length ? "more" : "whole";
  }
}
