/** What goes to a phone in clear right now: for phones that record nothing after a re-INVITE. */
import { expect } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { fromMulaw, toneShare } from "../../support/tone.ts";
import type { Capture } from "./capture.ts";
import { addresses, type OutsideParty } from "./laboratory.ts";
import { type RtpPacket, rtpOf } from "./wire.ts";

const windowSeconds = 1;
const fewestPackets = 35;

function recent(capture: Capture, to: OutsideParty, earliest: number): readonly RtpPacket[] {
  const since = Math.max(earliest, Date.now() / 1_000 - windowSeconds);
  return rtpOf(capture.soFar().filter(({ destination, time }) => destination === addresses[to] && time > since));
}

/**
 * Waits until the last second of PCMU to this phone is this tone.
 * @param earliest seconds since 1970: what was sent before is not the tone that is waited for
 */
export async function isSent(capture: Capture, to: OutsideParty, hertz: number, earliest = 0): Promise<void> {
  const share = await eventually(
    `${hertz} Hz on the way to ${to}`,
    () => {
      const packets = recent(capture, to, earliest);
      const found = toneShare(fromMulaw(Buffer.concat(packets.map(({ payload }) => payload))), hertz);
      return packets.length >= fewestPackets && found > 0.9 && found;
    },
    // On a machine with others it takes a while until a whole second came through.
    45_000,
    200,
  );
  expect(share).toBeGreaterThan(0.9);
}
