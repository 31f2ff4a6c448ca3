/**
 * Where messages begin and end in a client's WebSocket octets (RFC 6455 §5.2), for the message deadline alone: the
 * library says when a message is whole, but not that one has begun. Nothing here is believed for anything else.
 */
const FIN = 0x80;
const OPCODE = 0x0f;
/** Close, ping and pong; they may stand between the fragments of a message. */
const CONTROL = 0x08;
const LONGEST_HEAD = 14;
/** Two line ends (RFC 5626 §4.4.1) are a sign of life and nothing said. */
const KEEP_ALIVE = 4;

export class FrameWatch {
  readonly #head = new Uint8Array(LONGEST_HEAD);
  #have = 0;
  /** Octets of payload that are still to come; undefined while the head is read. */
  #payload: number | undefined;
  #fragments = false;
  /** Octets of the message so far, over its fragments. */
  #length = 0;

  get partial(): boolean {
    return this.#fragments || this.#have > 0;
  }

  /** True when a whole message, and not just a keep-alive, ended in this piece. */
  push(chunk: Uint8Array): boolean {
    let whole = false;
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload === undefined) {
        this.#head[this.#have++] = chunk[at++] ?? 0;
        if (this.#have < headLength(this.#head, this.#have)) continue;
        this.#payload = payloadLength(this.#head);
      }
      const taken = Math.min(this.#payload, chunk.length - at);
      this.#payload -= taken;
      at += taken;
      if (!this.#isControl) this.#length += taken;
      if (this.#payload === 0) whole = this.#endFrame() || whole;
    }
    return whole;
  }

  get #isControl(): boolean {
    return ((this.#head[0] ?? 0) & OPCODE & CONTROL) !== 0;
  }

  #endFrame(): boolean {
    this.#have = 0;
    this.#payload = undefined;
    if (this.#isControl) return false;
    this.#fragments = ((this.#head[0] ?? 0) & FIN) === 0;
    if (this.#fragments) return false;
    const said = this.#length > KEEP_ALIVE;
    this.#length = 0;
    return said;
  }
}

/** Two octets, the extended length, the mask. */
function headLength(head: Uint8Array, have: number): number {
  if (have < 2) return 2;
  const second = head[1] ?? 0;
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((second & 0x80) !== 0 ? 4 : 0);
}

function payloadLength(head: Uint8Array): number {
  const short = (head[1] ?? 0) & 0x7f;
  const view = new DataView(head.buffer);
  if (short === 126) return view.getUint16(2);
  return short === 127 ? view.getUint32(2) * 2 ** 32 + view.getUint32(6) : short;
}
