/** The drop reason for a negative result of the SRTP transform. */
import { srtpResult } from "@ringfence/node-srtp";
import { drop } from "./drop-reason.ts";

export function srtpDrop(result: number): number {
  if (result === srtpResult.authentication) return drop["srtp-authentication"];
  return result === srtpResult.replay ? drop["srtp-replay"] : drop["srtp-other"];
}
