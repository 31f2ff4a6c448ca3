/** How long a phone's registration lasts on our side: short where a NAT forgets, never longer than on the PBX's. */
import type { Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { ownText } from "../own-text.ts";
import type { CoreSettings } from "../settings.ts";
import type { Binding } from "./binding.ts";

/** NATs keep an unused UDP mapping for 30 s and more (RFC 4787 REQ-5: two minutes, which few do); phones refresh early. */
const DATAGRAM_SECONDS = 60;
/** A connection says when it is lost; this is for the one that was cut without a word. */
const STREAM_SECONDS = 600;

/** Seconds before the PBX's expiry at which the phone must have been asked for its password again. */
export const RENEWAL_MARGIN = 5;

/** What a phone gets that asked for `asked` seconds while the PBX keeps us for `pbxSeconds`. */
export function phoneSeconds(settings: CoreSettings, flow: Flow, asked: number, pbxSeconds: number): number {
  const { phoneExpiresMs } = settings.config.phones.registration;
  const limit =
    phoneExpiresMs === undefined ? (flow.reliable ? STREAM_SECONDS : DATAGRAM_SECONDS) : phoneExpiresMs / 1000;
  return Math.floor(Math.min(asked, limit, pbxSeconds));
}

/** Of what a phone calls itself. */
const LONGEST_DEVICE = 64;

/** Since when a phone is registered, and what it says it is. */
export function introduced(
  known: Binding | undefined,
  now: number,
  { headers }: Request,
): Pick<Binding, "since" | "device"> {
  const device = headers.get("User-Agent")?.slice(0, LONGEST_DEVICE);
  return { since: known === undefined ? now : known.since, device: ownText(device) };
}
