import { Bug } from "../bug.ts";
import type { Sdp, SdpLine, SdpMedia } from "./session.ts";

/** The octets of a session description, each line ended by CRLF. Throws Bug on a line end or NUL inside a value. */
export function serializeSdp(sdp: Sdp): Uint8Array {
  const text = [...sdp.session, ...sdp.media.flatMap((media) => [mediaLine(media), ...media.lines])]
    .map(writeLine)
    .join("");
  return Buffer.from(text, "latin1");
}

function mediaLine({ media, port, portCount, proto, formats }: SdpMedia): SdpLine {
  const place = portCount === undefined ? `${port}` : `${port}/${portCount}`;
  return { type: "m", value: [media, place, proto, ...formats].join(" ") };
}

function writeLine({ type, value }: SdpLine): string {
  if (value.includes("\n") || value.includes("\r") || value.includes("\0")) throw new Bug("an SDP value is one line");
  return `${type}=${value}\r\n`;
}
