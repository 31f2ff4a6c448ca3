import { parseSip, readCount } from "./sip-message.ts";

const headEnd = Buffer.from("\r\n\r\n");
const maxBuffered = 65_536;

/** Cuts a TCP byte stream into messages by Content-Length. CRLF keep-alives between messages are answered by `pong`. */
export class SipStream {
  #pending: Buffer = Buffer.alloc(0);

  /** Returns whole messages, or undefined when the stream cannot be followed any more. */
  push(chunk: Buffer, pong: () => void): Buffer[] | undefined {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const out: Buffer[] = [];
    while (this.#pending.length > 0) {
      if (this.#skipKeepAlive(pong)) continue;
      const head = this.#pending.indexOf(headEnd);
      if (head < 0) break;
      const length = contentLength(this.#pending.toString("latin1", 0, head));
      if (length === undefined) return undefined;
      const end = head + 4 + length;
      if (this.#pending.length < end) break;
      out.push(this.#pending.subarray(0, end));
      this.#pending = this.#pending.subarray(end);
    }
    return this.#pending.length > maxBuffered ? undefined : out;
  }

  #skipKeepAlive(pong: () => void): boolean {
    if (this.#pending[0] !== 13 || this.#pending[1] !== 10) return false;
    const double = this.#pending.length >= 4 && this.#pending.indexOf(headEnd) === 0;
    if (double) pong();
    this.#pending = this.#pending.subarray(double ? 4 : 2);
    return true;
  }
}

function contentLength(head: string): number | undefined {
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (name === "content-length" || name === "l") return readCount(line.slice(colon + 1).trim());
  }
  return parseSip(Buffer.from(`${head}\r\n\r\n`, "latin1")) === undefined ? undefined : 0;
}
