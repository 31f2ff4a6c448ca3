/** HOT PATH: a packet in clear that was accepted is counted, and what of it goes on to the other leg is decided. */
import { badCompound, filterRtcp, type RtcpRules } from "../rtcp/rtcp-filter.ts";
import { drop } from "./drop-reason.ts";
import type { Component } from "./engine.ts";
import type { LegMeter } from "./leg-meter.ts";
import type { PressReader } from "./press-reader.ts";

/** What of a lane this needs. */
interface Crossing {
  readonly component: Component;
  readonly meter: LegMeter;
  readonly reader: PressReader | undefined;
  readonly rtcpRules: RtcpRules;
  readonly partner: { readonly meter: LegMeter } | undefined;
}

/** Octets that go on; 0 or below: the drop reason, negative. None of those is not-configured, which is 0. */
export function crossing(lane: Crossing, packet: Uint8Array, length: number, now: number): number {
  const { meter } = lane;
  if (lane.component === "rtp") {
    meter.rtp.packet(packet, length, now);
    return lane.reader?.isPress(packet, length, now) === true ? -drop.converted : length;
  }
  meter.rtcp.received(packet, length, lane.partner?.meter.rtp.ssrc ?? -1, now);
  const left = filterRtcp(packet, length, lane.rtcpRules);
  if (left > 0) return left;
  return left === badCompound ? -drop["bad-rtcp"] : -drop["rtcp-unwanted"];
}
