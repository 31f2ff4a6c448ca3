/** What of an agreement the quality of a call is judged by: its first stream of sound that is on. */

import type { LegName, Legs } from "../media-port.ts";
import type { AgreedLeg, Agreement } from "../negotiation/agreement.ts";
import type { Link } from "../negotiation/link.ts";
import type { OpenPair } from "../ports/pair-desk.ts";
import type { Codec } from "../sdp/codecs.ts";
import type { StreamFacts } from "./quality-desk.ts";

/** `suiteOf`: what a DTLS handshake on that pair came to. */
export function soundOf(
  agreement: Agreement,
  { legs, answerer }: { readonly legs: Legs; readonly answerer: LegName },
  suiteOf: (pair: OpenPair) => string | undefined,
): StreamFacts | undefined {
  const stream = agreement.find((one) => one?.media === "audio");
  if (stream === undefined) return undefined;
  const agreed = spokenFirst(stream[answerer].peer.codecs);
  const facts = (leg: LegName) => {
    const { pair, peer, link } = stream[leg];
    return {
      leg,
      pair: pair.id,
      side: legs[leg].side,
      codecs: peer.codecs,
      agreed,
      suite: link.keys?.inbound.suite ?? suiteOf(pair),
      keying: keyingOf(link),
    };
  };
  return { a: facts("a"), b: facts("b"), twoWay: talks(stream.a) && talks(stream.b) };
}

/** Events and comfort noise are no way to speak. */
export function spokenFirst(codecs: readonly Codec[]): string | undefined {
  return codecs.find(({ role }) => role !== "events" && role !== "noise")?.name;
}

export function keyingOf({ keys, dtls }: Link): "sdes" | "dtls" | undefined {
  if (dtls !== undefined) return "dtls";
  return keys === undefined ? undefined : "sdes";
}

function talks({ direction, peer }: AgreedLeg): boolean {
  return direction === "sendrecv" && !peer.held;
}
