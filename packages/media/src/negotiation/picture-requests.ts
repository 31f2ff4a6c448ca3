/**
 * Requests for a whole picture between a leg with feedback and one without: they cross (rtcp/rtcp-filter.ts), and a peer that
 * knows them is told that it may make them (RFC 4585 §4.2). Pure.
 */
import type { SdpLine } from "@ringfence/sip";
import type { PeerStream } from "../sdp/sdp-read.ts";

/** RFC 4585 §6.3.1, RFC 5104 §3.5.1. */
const requests: readonly string[] = ["nack pli", "ccm fir"];

/** For the offer to a leg with feedback of a stream that came without. */
export function requestsOffered(offer: PeerStream): readonly SdpLine[] {
  if (offer.media !== "video" || offer.profile.feedback) return [];
  return requests.map((request) => ({ type: "a", value: `rtcp-fb:* ${request}` }));
}

/** For the answer to an offer with feedback, when it was answered without: those that were offered for what is left of its formats. */
export function requestsAnswered(offer: PeerStream, answer: PeerStream): readonly SdpLine[] {
  if (offer.media !== "video" || answer.profile.feedback) return [];
  return offer.crossing.filter(({ type, value }) => {
    if (type !== "a" || !value.startsWith("rtcp-fb:")) return false;
    const space = value.indexOf(" ");
    const format = value.slice("rtcp-fb:".length, space);
    return requests.includes(value.slice(space + 1)) && (format === "*" || answer.formats.includes(format));
  });
}
