/** A session description in a few words: what is sent, by which codecs, under which keys. Names are the peer's: to be cleaned. */
import { attribute, attributes, direction, type Sdp, type SdpMedia } from "@ringfence/sip";

/** RFC 3551 §6: what phones mean by numbers alone. */
const fixed: ReadonlyMap<string, string> = new Map([
  ["0", "PCMU"],
  ["3", "GSM"],
  ["4", "G723"],
  ["8", "PCMA"],
  ["9", "G722"],
  ["18", "G729"],
]);
/** Beside what is heard. */
const unsaid: ReadonlySet<string> = new Set(["telephone-event", "cn", "red", "rtx", "ulpfec"]);
const mostCodecs = 4;

export function describeSdp(sdp: Sdp): string {
  return sdp.media.map((media) => describeMedia(sdp, media)).join(", ");
}

function describeMedia(sdp: Sdp, media: SdpMedia): string {
  if (media.port === 0) return `no ${media.media}`;
  const way = direction(sdp, media);
  return [media.media, codecs(media).join(" "), keying(sdp, media), way === "sendrecv" ? "" : way]
    .filter((word) => word !== "")
    .join(" ");
}

function codecs(media: SdpMedia): readonly string[] {
  const named = new Map(
    attributes(media.lines, "rtpmap").map((value) => {
      const [type = "", encoding = ""] = value.split(" ");
      return [type, encoding.split("/")[0] ?? ""];
    }),
  );
  const names = media.formats.map((type) => named.get(type) ?? fixed.get(type) ?? "");
  return [...new Set(names)].filter((name) => name !== "" && !unsaid.has(name.toLowerCase())).slice(0, mostCodecs);
}

function keying(sdp: Sdp, { lines }: SdpMedia): string {
  const suites = attributes(lines, "crypto").map((value) => value.split(" ")[1] ?? "");
  if (suites.length > 0) return `SDES ${suites.length > 1 ? `${suites[0]} +${suites.length - 1}` : suites[0]}`;
  const fingerprint = attribute(lines, "fingerprint") ?? attribute(sdp.session, "fingerprint");
  return fingerprint === undefined ? "" : "DTLS-SRTP";
}
