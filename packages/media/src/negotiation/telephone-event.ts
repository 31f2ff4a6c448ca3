/**
 * Whether a leg takes key presses as events (RFC 4733), where its side's policy may say otherwise than its peers agree.
 * `rfc4733`: we offer events to that side though the other offered none, and to an offer with events we answer with
 * them. `info`: we never do, and the other side keeps them. `auto`: as the two negotiate. Pure.
 */
import type { SdpLine } from "@ringfence/sip";
import { type Codec, codecsOf } from "../sdp/codecs.ts";

export type KeyPressPolicy = "auto" | "rfc4733" | "info";

interface Formats {
  readonly formats: readonly string[];
  readonly crossing: readonly SdpLine[];
}

/** Where telephone-event usually stands, and the dynamic types that are tried when it is taken (RFC 3551 §6). */
const usualType = 101;
const dynamic = { first: 96, last: 127 };

/** The offer as this side shall see it. */
export function offeredEvents<S extends Formats>(offer: S, policy: KeyPressPolicy): S {
  if (policy === "info") return without(offer);
  return policy === "rfc4733" && eventTypes(offer).length === 0 ? withOurs(offer) : offer;
}

/** The answer as the offerer shall see it: what it offered decides, not what the other side made of our offer. */
export function answeredEvents<S extends Formats>(
  answer: S,
  offer: Formats,
  policies: { readonly offerer: KeyPressPolicy; readonly answerer: KeyPressPolicy },
): S {
  const offered = eventTypes(offer);
  if (policies.offerer === "info" || offered.length === 0) return without(answer);
  if (eventTypes(answer).length > 0) return answer;
  return policies.offerer === "rfc4733" || policies.answerer === "info" ? withThose(answer, offer, offered) : answer;
}

/** The events of a leg that count time as its first codec does (RFC 4733 §2.1); undefined: it has none. */
export function eventsOf({ formats, crossing }: Formats): Codec | undefined {
  const codecs = codecsOf(formats, crossing);
  const sound = codecs.find(({ role }) => role !== "events" && role !== "noise");
  return codecs.find(({ role, clockRate }) => role === "events" && clockRate === sound?.clockRate);
}

function eventTypes({ formats, crossing }: Formats): readonly string[] {
  return codecsOf(formats, crossing)
    .filter(({ role }) => role === "events")
    .map(({ type }) => String(type));
}

function without<S extends Formats>(stream: S): S {
  const gone = eventTypes(stream);
  if (gone.length === 0) return stream;
  const formats = stream.formats.filter((format) => !gone.includes(format));
  return { ...stream, formats, crossing: stream.crossing.filter((line) => !speaksOf(line, gone)) };
}

function withThose<S extends Formats>(stream: S, offer: Formats, types: readonly string[]): S {
  const free = types.filter((type) => !stream.formats.includes(type));
  const lines = offer.crossing.filter((line) => speaksOf(line, free));
  return { ...stream, formats: [...stream.formats, ...free], crossing: [...stream.crossing, ...lines] };
}

function withOurs<S extends Formats>(stream: S): S {
  const clock = codecsOf(stream.formats, stream.crossing)[0]?.clockRate;
  const type = freeType(stream.formats);
  if (clock === undefined || type === undefined) return stream;
  const ours = [`rtpmap:${type} telephone-event/${clock}`, `fmtp:${type} 0-15`];
  const lines = ours.map((value) => ({ type: "a", value }));
  return { ...stream, formats: [...stream.formats, type], crossing: [...stream.crossing, ...lines] };
}

function freeType(formats: readonly string[]): string | undefined {
  for (let type = usualType; type <= dynamic.last; type++) if (!formats.includes(String(type))) return String(type);
  for (let type = dynamic.first; type < usualType; type++) if (!formats.includes(String(type))) return String(type);
  return undefined;
}

function speaksOf({ value }: SdpLine, types: readonly string[]): boolean {
  return types.some((type) => ["rtpmap:", "fmtp:"].some((name) => value.startsWith(`${name}${type} `)));
}
