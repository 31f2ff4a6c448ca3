/** What a side asks of its media: the same keys for phones, carriers and PBX. */
import { z } from "zod";
import { choice, isOneOf, type LeafReading, quoted, written } from "./leaf.ts";
import {
  type KeyExchange,
  type KeyPressWay,
  keyExchanges,
  keyPressWays,
  type SideMediaConfig,
  type SrtpMode,
  type Suite,
  srtpSuites,
} from "./media-config.ts";

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";

/** An encoding name as it stands in a=rtpmap (RFC 4566 §6). */
function codecName() {
  return written({ kind: "codec name" }, (text): LeafReading<string> => {
    if (text.length > 0 && text.length <= 32 && isOneOf(text, nameCharacters)) return { value: text };
    return { problem: `is ${quoted(text)}, which is no codec name`, remedy: "write it as SDP does: PCMA, opus, H264" };
  });
}

/** In the order of `Config`; offered by default are those that every phone has, because each makes an INVITE 90 octets longer. */
const usualSuites = srtpSuites.slice(0, 3);

export const srtpMode = choice(["required", "optional", "opportunistic", "off"]);

/** @param keying what is offered first, and what is taken at all, where the file says nothing. */
export function sideMedia(keying: readonly KeyExchange[]) {
  return {
    suites: z
      .array(choice(srtpSuites))
      .min(1)
      .max(srtpSuites.length)
      .prefault([...usualSuites])
      .meta({ description: "SRTP suites that may be used with SDES, the preferred one first." }),
    keying: z
      .array(choice(keyExchanges))
      .min(1)
      .max(keyExchanges.length)
      .prefault([...keying])
      .meta({
        description:
          "How SRTP keys may be exchanged; the first is what we offer. With `dtls` in it, phones over WebSocket are browsers and are always offered DTLS with ICE. `dtls` needs the native engine.",
      }),
    codecs: z
      .array(codecName())
      .min(1)
      .max(64)
      .optional()
      .meta({
        description:
          "Codecs that may be used, of audio and video, the preferred one first. Tones (telephone-event) and comfort noise always pass. Without it: any. Nothing is transcoded.",
        examples: [["opus", "PCMA", "PCMU"]],
      }),
    t38: z.boolean().optional().meta({
      description:
        "Whether fax over T.38 passes. It is never encrypted. Without it: only where `srtp` is not `required`.",
    }),
    dtmf: choice(keyPressWays).prefault("auto").meta({
      description:
        "How key presses reach this side. `rfc4733`: as events in the media, made of INFO where the other side sends that. `info`: as INFO (application/dtmf-relay), made of events. `auto`: as the two sides agree, nothing is made of anything.",
    }),
  };
}

interface Written {
  readonly srtp: SrtpMode;
  readonly suites: readonly Suite[];
  readonly keying: readonly KeyExchange[];
  readonly codecs?: readonly string[] | undefined;
  readonly t38?: boolean | undefined;
  readonly dtmf: KeyPressWay;
}

export function t38Default({ t38, ...rest }: Written): SideMediaConfig {
  const { srtp, suites, keying, codecs, dtmf } = rest;
  return { srtp, suites, keying, codecs, t38: t38 ?? srtp !== "required", dtmf };
}
