/** The codecs a peer listed, as counters and quality need them: clock, name, and what kind of payload it is. */
import type { SdpLine } from "@ringfence/sip";
import type { PayloadFormat } from "../engine/stream-report.ts";

export interface Codec extends PayloadFormat {
  /** Encoding name in lower case. */
  readonly name: string;
}

/** RFC 3551 §6, tables 4 and 5: the payload types that need no a=rtpmap, of those still met. Name and clock rate. */
const fixed: ReadonlyMap<number, readonly [string, number]> = new Map([
  [0, ["pcmu", 8000]],
  [3, ["gsm", 8000]],
  [4, ["g723", 8000]],
  [8, ["pcma", 8000]],
  // Samples at 16 kHz, counts at 8 kHz: RFC 3551 §4.5.2.
  [9, ["g722", 8000]],
  [13, ["cn", 8000]],
  [15, ["g728", 8000]],
  [18, ["g729", 8000]],
  [26, ["jpeg", 90_000]],
  [31, ["h261", 90_000]],
  [34, ["h263", 90_000]],
]);

/** `crossing`: lines as crossing-attributes.ts rebuilds them. A type that neither says anything of is left out. */
export function codecsOf(formats: readonly string[], crossing: readonly SdpLine[]): readonly Codec[] {
  const named = new Map<number, readonly [string, number]>();
  for (const { value } of crossing) {
    if (!value.startsWith("rtpmap:")) continue;
    const [type, encoding = ""] = value.slice("rtpmap:".length).split(" ");
    const [name = "", clock] = encoding.split("/");
    named.set(Number(type), [name.toLowerCase(), Number(clock)]);
  }
  return formats.flatMap((format) => {
    const type = Number(format);
    const [name, clockRate] = named.get(type) ?? fixed.get(type) ?? [];
    return name === undefined || clockRate === undefined ? [] : [{ type, name, clockRate, role: roleOf(name) }];
  });
}

function roleOf(name: string): PayloadFormat["role"] {
  if (name === "pcmu" || name === "pcma") return name;
  if (name === "telephone-event") return "events";
  return name === "cn" ? "noise" : "media";
}
