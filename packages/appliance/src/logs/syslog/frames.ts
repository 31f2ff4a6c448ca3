/** Messages in a stream, RFC 5425 §4.3: `LENGTH SP MESSAGE`, the length in octets. The spool holds the same octets as the wire. */

/** More digits than the length of any message of ours has. */
const mostDigits = 6;

export function frame(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

/** The messages of whole frames, and where they end: what comes behind was cut off in the middle of being written. */
export function readFrames(bytes: Buffer): { readonly messages: readonly Buffer[]; readonly end: number } {
  const messages: Buffer[] = [];
  let at = 0;
  for (;;) {
    const space = bytes.indexOf(0x20, at);
    if (space <= at || space - at > mostDigits) break;
    const length = Number(bytes.toString("latin1", at, space));
    if (!Number.isInteger(length) || length <= 0 || space + 1 + length > bytes.length) break;
    messages.push(bytes.subarray(space + 1, space + 1 + length));
    at = space + 1 + length;
  }
  return { messages, end: at };
}
