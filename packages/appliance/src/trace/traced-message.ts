/** A message as plain data that may be shown to somebody: for the ladder in a terminal and in the console. */
import type { Transport } from "@ringfence/policy";
import { formatHost, type Message, parseSdp } from "@ringfence/sip";
import { cleanText } from "../logs/clean-text.ts";
import type { Mask } from "../logs/mask.ts";
import { type Shown, showMessage } from "./message-mask.ts";
import { describeSdp } from "./sdp-words.ts";
import type { Seen } from "./seen.ts";

export interface TracedMessage {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly direction: "in" | "out";
  readonly side: "phone" | "trunk" | "core";
  /** Name of the trunk. */
  readonly trunk: string | null;
  readonly transport: Transport;
  /** `192.0.2.1:5060`, ours and theirs; masked with the addresses. */
  readonly local: string;
  readonly remote: string;
  /** Our id of the call, which both legs share; null for what belongs to none. */
  readonly call: string | null;
  /** `INVITE 600`, `200 OK`; one line, safe to print. */
  readonly title: string;
  /** What its session description says: `audio PCMU SDES AES_CM_128_HMAC_SHA1_80`; empty without one. */
  readonly sdp: string;
  /** The whole message, masked, one character an octet; empty for what nobody could read. */
  readonly text: string;
}

const longestTitle = 60;
const longestSdp = 120;

export function traced(seen: Seen, mask: Mask): TracedMessage {
  const { at, direction, flow, call } = seen;
  const shown = showMessage(seen.bytes, mask);
  return {
    at,
    direction,
    side: flow.side,
    trunk: flow.trunk ?? null,
    transport: flow.transport,
    local: mask.address(placeOf(flow.endpoint.local)),
    remote: mask.address(placeOf(flow.packetSource)),
    call: call ?? null,
    ...(typeof shown === "string"
      ? { title: `unreadable: ${shown}`, sdp: "", text: "" }
      : {
          title: cleanText(titleOf(shown), longestTitle),
          sdp: cleanText(mask.text(describeBody(shown.message)), longestSdp),
          text: shown.text,
        }),
  };
}

function placeOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${formatHost(address)}:${port}`;
}

/** Of the masked text: a request says whom it is for, a response what it answers where that is no INVITE. */
function titleOf({ message, text }: Shown): string {
  const line = text.slice(0, text.indexOf("\r\n"));
  if (message.kind === "response") {
    const { method } = message.cseq;
    return line.slice("SIP/2.0 ".length) + (method === "INVITE" ? "" : ` (${method})`);
  }
  const uri = line.slice(line.indexOf(" ") + 1, line.lastIndexOf(" "));
  const user = userOf(uri);
  return user === "" ? message.method : `${message.method} ${user}`;
}

/** As it shows, without a password. */
function userOf(uri: string): string {
  const place = uri.slice(uri.indexOf(":") + 1);
  if (uri.startsWith("tel:")) return place;
  const at = place.indexOf("@");
  return at < 0 ? "" : (place.slice(0, at).split(":")[0] ?? "");
}

function describeBody({ body }: Message): string {
  const sdp = body[0] === 0x76 ? parseSdp(body) : undefined;
  return sdp?.kind === "sdp" ? describeSdp(sdp) : "";
}
