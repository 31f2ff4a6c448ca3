/** What of an agreement the quality of a call is judged by: its first stream of sound that is on. */

import type { LegName, Legs } from "../media-port.ts";
import type { AgreedLeg, Agreement } from "../negotiation/agreement.ts";
import type { OpenPair } from "../ports/pair-desk.ts";
import type { StreamFacts } from "./quality-desk.ts";

/** `suiteOf`: what a DTLS handshake on that pair came to. */
export function soundOf(
  agreement: Agreement,
  legs: Legs,
  suiteOf: (pair: OpenPair) => string | undefined,
): StreamFacts | undefined {
  const stream = agreement.find((one) => one?.media === "audio");
  if (stream === undefined) return undefined;
  const facts = (leg: LegName) => {
    const { pair, peer, link } = stream[leg];
    return {
      leg,
      pair: pair.id,
      side: legs[leg].side,
      codecs: peer.codecs,
      suite: link.keys?.inbound.suite ?? suiteOf(pair),
    };
  };
  return { a: facts("a"), b: facts("b"), twoWay: talks(stream.a) && talks(stream.b) };
}

function talks({ direction, peer }: AgreedLeg): boolean {
  return direction === "sendrecv" && !peer.held;
}
