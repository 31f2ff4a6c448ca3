/**
 * BUNDLE (RFC 9143): several m= lines of one leg on one transport. Browsers want it; the other leg knows nothing of it and
 * has a pair of ports for each line. Pure.
 */
import type { PeerDescription, PeerLine, PeerStream } from "../sdp/sdp-read.ts";

/**
 * RFC 9143 §7.1.3, §9: what concerns the transport stands in the tagged section only, and holds for every line of the
 * group that brings none of its own.
 */
export function sharedTransport({ lines, bundle }: PeerDescription): PeerDescription {
  const members = bundle.flatMap((mid) => lines.find((line) => isStream(line) && line.mid === mid) ?? []);
  const tagged = members.find(isStream);
  if (tagged === undefined) return { lines, bundle };
  const shared = lines.map((line): PeerLine => {
    if (!isStream(line) || !members.includes(line) || line.transport.offersDtls) return line;
    return line.transport.cryptos.length > 0 ? line : { ...line, transport: tagged.transport };
  });
  return { lines: shared, bundle };
}

/** Whether a line can be told from the others of its transport: by its payload types, which must not be theirs. */
export function apart(line: PeerStream, others: readonly PeerStream[]): boolean {
  const taken = new Set(others.flatMap(({ formats }) => formats));
  return !line.formats.some((format) => taken.has(format));
}

function isStream(line: PeerLine): line is PeerStream {
  return line.kind === "stream";
}
