/** What a capture proves: which names of one side appear on the other, and whether audio went in clear. */
import type { Captured } from "../../support/pcap.ts";

/** SIP over UDP, as text. What is not SIP (media, keep-alive) is left out. */
export function sipTexts(packets: readonly Captured[]): readonly string[] {
  return packets
    .filter(({ protocol, payload }) => protocol === "udp" && payload.includes("SIP/2.0"))
    .map(({ payload }) => payload.toString("latin1"));
}

/** Shorter ones would be found anywhere. */
const shortestIdentifier = 5;

/** Everything in these messages that names their side: Call-IDs, tags, branches, contacts, program names, SDP origins. */
export function identifiers(messages: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const message of messages)
    for (const line of message.split("\r\n")) for (const id of ofLine(line)) found.add(id);
  return [...found].filter((text) => text.length >= shortestIdentifier);
}

function ofLine(line: string): readonly string[] {
  const colon = line.indexOf(":");
  const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  switch (name) {
    case "call-id":
    case "server":
    case "user-agent":
      return [value];
    case "via":
      return [parameter(value, "branch")];
    case "from":
    case "to":
      return [parameter(value, "tag")];
    case "contact":
      return [value.slice(value.indexOf("<"), value.indexOf(">") + 1)];
  }
  // o=USER SESSION VERSION IN IP4 ADDRESS; s=- says nothing.
  if (line.startsWith("o=")) return [line.split(" ")[1] ?? ""];
  return line.startsWith("s=") || line.startsWith("a=tool:") ? [line] : [];
}

function parameter(value: string, name: string): string {
  const after = value.split(`;${name}=`)[1] ?? "";
  return after.split(";")[0] ?? "";
}

/** Those of `names` that stand anywhere in `messages`. */
export function crossing(names: readonly string[], messages: readonly string[]): readonly string[] {
  const text = messages.join("\n");
  return names.filter((name) => text.includes(name));
}

/** Without the digest's own `uri=`, which the phone signed and the PBX must see as it was. */
export function withoutDigestUri(message: string): string {
  return message
    .split("\r\n")
    .map((line) => (/^(proxy-)?authorization:/i.test(line) ? line.replace(/ uri="[^"]*"/, "") : line))
    .join("\r\n");
}

export interface RtpPacket {
  readonly captured: Captured;
  readonly sequence: number;
  readonly ssrc: number;
  /** Encrypted or not, with the authentication tag of SRTP. */
  readonly payload: Buffer;
}

const rtpHeader = 12;
const mulaw = 0;

/** PCMU packets, RTP or SRTP: the header is in clear in both. */
export function rtpOf(packets: readonly Captured[]): readonly RtpPacket[] {
  return packets.flatMap((captured) => {
    const { protocol, payload } = captured;
    const isRtp = protocol === "udp" && payload.length > rtpHeader && payload[0] === 0x80;
    if (!isRtp || ((payload[1] ?? 0) & 0x7f) !== mulaw) return [];
    const [sequence, ssrc] = [payload.readUInt16BE(2), payload.readUInt32BE(8)];
    return [{ captured, sequence, ssrc, payload: payload.subarray(rtpHeader) }];
  });
}

/** Two milliseconds of audio: long enough that cipher text does not hold them by chance. */
const windowSize = 16;

/** How many packets hold any 16 octets of this audio at any place. */
export function packetsWithAudio(packets: readonly Captured[], audio: readonly RtpPacket[]): number {
  const windows = new Set(audio.flatMap(({ payload }) => windowsOf(payload)));
  return packets.filter(({ payload }) => windowsOf(payload).some((window) => windows.has(window))).length;
}

function windowsOf(bytes: Buffer): readonly string[] {
  const count = Math.max(0, bytes.length - windowSize + 1);
  return Array.from({ length: count }, (_, at) => bytes.toString("latin1", at, at + windowSize));
}

/** The longest run of packets of one stream that never came; sequence numbers wrap. */
export function longestGap(stream: readonly RtpPacket[]): number {
  let longest = 0;
  let highest: number | undefined;
  for (const { sequence } of stream) {
    const step = highest === undefined ? 1 : (sequence - highest) & 0xffff;
    // Half the number space back is a late packet, not a gap of 32,768.
    if (step >= 0x8000) continue;
    longest = Math.max(longest, step - 1);
    highest = sequence;
  }
  return longest;
}
