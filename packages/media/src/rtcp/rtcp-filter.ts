/**
 * What of a compound RTCP packet may go on to the other leg, rewritten in place. Reports cross without what a profile may
 * have put behind their blocks (RFC 3550 §6.4.3), source descriptions as letters (rtcp-mask.ts), goodbyes without their
 * reason; feedback and extended reports by closed lists. APP and every type we have not heard of stay here.
 *
 * A request for a whole picture crosses to a leg without feedback as well: between two pages there may be a PBX that wrote
 * AVP, and without it the one that was ready later sees nothing. Who does not know it ignores it (RFC 3550 §6.1).
 *
 * HOT PATH: nothing allocated. Call it with a packet in clear that `rtcpCompoundFits`.
 */
import { maskSourceDescriptions } from "./rtcp-mask.ts";
import { blockLength, partEnd, rtcpType, word } from "./rtcp-parts.ts";

export interface RtcpRules {
  /** RFC 4585: both legs negotiated feedback. Else only a request for a whole picture crosses. */
  readonly feedback: boolean;
  /** RFC 5506: both legs negotiated packets that do not begin with a report. */
  readonly reducedSize: boolean;
}

/** Returned for a packet that contradicts itself: padding or counts that do not fit. */
export const badCompound = -1;

const reportBlock = 24;
const padding = 0x20;
/** RTPFB: generic NACK, TMMBR, TMMBN, transport-wide congestion control. PSFB: PLI, SLI, RPSI, FIR, and AFB for REMB. */
const transportFormats = new Uint8Array(32);
const payloadFormats = new Uint8Array(32);
for (const format of [1, 3, 4, 15]) transportFormats[format] = 1;
for (const format of [1, 2, 3, 4, 15]) payloadFormats[format] = 1;
const pictureLoss = 1;
const fullIntra = 4;
const applicationLayer = 15;
const remb = 0x52454d42;
/** RFC 3611 §4.1 to §4.7: none of them holds an address or a name. */
const lastExtendedBlock = 7;

/** The length of what may cross, 0 when nothing may, `badCompound`. */
export function filterRtcp(packet: Uint8Array, length: number, rules: RtcpRules): number {
  const first = packet[1] as number;
  const whole = first === rtcpType.senderReport || first === rtcpType.receiverReport;
  let to = 0;
  for (let at = 0; at < length; ) {
    const next = partEnd(packet, at);
    const end = withoutPadding(packet, at, next, length);
    const size = end === badCompound ? badCompound : allowed(packet, at, end, rules);
    if (size === badCompound) return badCompound;
    if (size > 0) {
      if (to !== at) packet.copyWithin(to, at, at + size);
      packet[to] = (packet[to] as number) & ~padding;
      packet[to + 2] = (size / 4 - 1) >> 8;
      packet[to + 3] = (size / 4 - 1) & 0xff;
      to += size;
    }
    at = next;
  }
  if (to === 0 || (!whole && !rules.reducedSize)) return 0;
  maskSourceDescriptions(packet, to);
  return to;
}

/** RFC 3550 §6.4.1: only the last part is padded, by whole words, and the last octet counts them. */
function withoutPadding(packet: Uint8Array, at: number, end: number, length: number): number {
  if (((packet[at] as number) & padding) === 0) return end;
  const count = packet[end - 1] as number;
  const fits = end === length && count > 0 && count % 4 === 0 && count <= end - at - 4;
  return fits ? end - count : badCompound;
}

/** Octets of this part that may cross, from its beginning; 0: none. */
function allowed(packet: Uint8Array, at: number, end: number, rules: RtcpRules): number {
  const size = end - at;
  const count = (packet[at] as number) & 0x1f;
  switch (packet[at + 1]) {
    case rtcpType.senderReport:
      return ifFits(28 + reportBlock * count, size);
    case rtcpType.receiverReport:
      return ifFits(8 + reportBlock * count, size);
    case rtcpType.sourceDescription:
      return size;
    case rtcpType.goodbye:
      return count === 0 ? 0 : ifFits(4 + 4 * count, size);
    case rtcpType.transportFeedback:
      return rules.feedback && size >= 12 && transportFormats[count] === 1 ? size : 0;
    case rtcpType.payloadFeedback:
      return payloadFeedback(packet, at, size, rules) ? size : 0;
    case rtcpType.extendedReport:
      return extended(packet, at, end);
    default:
      return 0;
  }
}

function ifFits(needed: number, size: number): number {
  return needed <= size ? needed : badCompound;
}

function payloadFeedback(packet: Uint8Array, at: number, size: number, { feedback }: RtcpRules): boolean {
  const format = (packet[at] as number) & 0x1f;
  const wanted = feedback ? payloadFormats[format] === 1 : format === pictureLoss || format === fullIntra;
  return wanted && size >= 12 && knownLayer(packet, at, size);
}

/** Application layer feedback holds whatever an application likes; only the bandwidth estimate everybody knows crosses. */
function knownLayer(packet: Uint8Array, at: number, size: number): boolean {
  if (((packet[at] as number) & 0x1f) !== applicationLayer) return true;
  return size >= 16 && word(packet, at + 12) === remb;
}

/** RFC 3611 §2: a head with the sender's SSRC, then blocks. */
function extended(packet: Uint8Array, at: number, end: number): number {
  if (end - at < 8) return badCompound;
  let to = at + 8;
  for (let block = at + 8; block < end; ) {
    const next = block + 4 <= end ? block + blockLength(packet, block) : end + 1;
    if (next > end) return badCompound;
    const type = packet[block] as number;
    if (type > 0 && type <= lastExtendedBlock) {
      if (to !== block) packet.copyWithin(to, block, next);
      to += next - block;
    }
    block = next;
  }
  return to === at + 8 ? 0 : to - at;
}
