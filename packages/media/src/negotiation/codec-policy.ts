/**
 * Which codecs of a description go on, and in which order. Payload types keep their numbers on both legs: nothing is
 * transcoded, so what one side sends under a number has to mean the same to the other.
 */
import type { SdpLine } from "@ringfence/sip";
import { codecsOf } from "../sdp/codecs.ts";
import type { PeerStream } from "../sdp/sdp-read.ts";

/** Tones (RFC 4733) and comfort noise (RFC 3389): they serve whatever codec is chosen, and are none themselves. */
const companions: ReadonlySet<string> = new Set(["telephone-event", "tone", "cn"]);
/** Repair of the stream they name (RFC 4588, 5109, 8627): worth what is left of it. */
const repairs: ReadonlySet<string> = new Set(["rtx", "red", "ulpfec", "flexfec-03"]);

/** A side's encoding names, the preferred one first; undefined: any. */
export type CodecPolicy = readonly string[] | undefined;

/**
 * What every policy allows, in the order of the first that has one. undefined: no codec is left.
 * `policies`: of the leg it is written to, then of the leg it came from.
 */
export function filterCodecs<S extends Pick<PeerStream, "profile" | "formats" | "crossing">>(
  stream: S,
  policies: readonly CodecPolicy[],
): S | undefined {
  const lists = policies.flatMap((policy) => (policy === undefined ? [] : [policy.map((name) => name.toLowerCase())]));
  const [order] = lists;
  if (order === undefined || stream.profile.payload === "opaque") return stream;
  const names = new Map(codecsOf(stream.formats, stream.crossing).map(({ type, name }) => [String(type), name]));
  const nameOf = (format: string): string => names.get(format) ?? "";
  const codecs = stream.formats.filter((format) => lists.every((list) => list.includes(nameOf(format))));
  if (!codecs.some((format) => !isCompanion(nameOf(format)))) return undefined;
  const rank = (format: string): number => order.indexOf(nameOf(format));
  const sorted = codecs.filter((format) => !isCompanion(nameOf(format))).toSorted((one, two) => rank(one) - rank(two));
  const kept = new Set(sorted);
  const rest = stream.formats.filter((format) => isCompanion(nameOf(format)) && serves(format, stream.crossing, kept));
  const formats = [...sorted, ...rest];
  return { ...stream, formats, crossing: linesOf(stream.crossing, new Set(formats)) };
}

function isCompanion(name: string): boolean {
  return companions.has(name) || repairs.has(name);
}

/** Retransmission of a codec that is gone serves nobody: `a=fmtp:97 apt=96` (RFC 4588 §8.1). */
function serves(format: string, lines: readonly SdpLine[], kept: ReadonlySet<string>): boolean {
  const start = `fmtp:${format} apt=`;
  const apt = lines.find(({ value }) => value.startsWith(start))?.value.slice(start.length);
  return apt === undefined || kept.has(apt.split(";")[0] ?? "");
}

/** Without what speaks of a payload type that is gone. */
function linesOf(lines: readonly SdpLine[], formats: ReadonlySet<string>): readonly SdpLine[] {
  return lines.filter(({ type, value }) => {
    const ofFormat = ["rtpmap:", "fmtp:", "rtcp-fb:"].find((name) => value.startsWith(name));
    if (type !== "a" || ofFormat === undefined) return true;
    const format = value.slice(ofFormat.length).split(" ")[0] ?? "";
    return format === "*" || formats.has(format);
  });
}
