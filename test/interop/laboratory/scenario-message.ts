/** The messages of our scenarios as text with SIPp's own keywords in it. */

export interface Message {
  /** First line and everything up to the body that is particular to this message. */
  readonly lines: readonly string[];
  readonly body?: string;
}

/** A `send` element. @param retransmitted requests and final answers to INVITE over UDP */
export function sendElement({ lines, body = "" }: Message, retransmitted: boolean): string {
  const text = [...lines, "Content-Length: [len]", "", body].join("\n");
  return `<send${retransmitted ? ' retrans="500"' : ""}><![CDATA[\n\n${text}\n]]></send>`;
}

/** SIPp encrypts nothing: it only has to say that it would. */
const crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2lwcCBlbmNyeXB0cyBub3RoaW5nIGJ1dCBzYXlz";

/**
 * PCMU and key presses; with the signalling encrypted, media too.
 * @param session of o=, which must not be seen on the other side
 */
export function sdp(direction: string, session: string, version: number, transport: string): string {
  const secure = transport === "TLS";
  return [
    "v=0",
    `o=- ${session} ${version} IN IP4 [local_ip]`,
    "s=-",
    "c=IN IP4 [media_ip]",
    "t=0 0",
    `m=audio [media_port] ${secure ? "RTP/SAVP" : "RTP/AVP"} 0 101`,
    ...(secure ? [crypto] : []),
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    `a=${direction}`,
    "",
  ].join("\n");
}

/** Header lines and, behind an empty line, the body; indentation is the file's. */
export function parts(content: string): { readonly headers: readonly string[]; readonly body: string } {
  const lines = content.split("\n").map((line) => line.trim());
  while (lines[0] === "") lines.shift();
  const gap = lines.indexOf("");
  const headers = gap < 0 ? lines : lines.slice(0, gap);
  const body =
    gap < 0
      ? ""
      : lines
          .slice(gap + 1)
          .join("\n")
          .trimEnd();
  return { headers, body: body === "" ? "" : `${body}\n` };
}
