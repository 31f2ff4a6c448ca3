/**
 * How a leg is heard, in the form in which Homer reads RTCP: a sender report (RFC 3550 §6.4.1) as JSON. The numbers are those of the
 * call's own record, so that both tell the same; `mos` and `codec` are beside them for who reads further.
 */
import type { LegSummary } from "@ringfence/media";

const SENDER_REPORT = 200;
/** Seconds from 1900, when NTP's time begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;
/** Ticks of the clock in a second: that of Opus, and of what phones speak otherwise. */
const clocks: ReadonlyMap<string, number> = new Map([["opus", 48_000]]);
const usualClock = 8_000;

/** @param ssrc stands for the leg: the streams have some of their own, which change */
export function rtcpReport(leg: LegSummary, ssrc: number, at: number): object {
  const ticks = (ms: number): number => Math.round((ms * (clocks.get(leg.codec ?? "") ?? usualClock)) / 1_000);
  const lost = leg.lost ?? 0;
  const share = lost + leg.packets === 0 ? 0 : lost / (lost + leg.packets);
  return {
    type: SENDER_REPORT,
    ssrc,
    report_count: 1,
    sender_information: {
      ntp_timestamp_sec: Math.floor(at / 1_000) + NTP_EPOCH,
      ntp_timestamp_usec: Math.round((at % 1_000) * 1_000),
      rtp_timestamp: ticks(at) % 2 ** 32,
      packets: leg.packets,
    },
    report_blocks: [
      {
        source_ssrc: ssrc,
        fraction_lost: Math.min(255, Math.round(share * 256)),
        packets_lost: lost,
        highest_seq_no: (leg.packets + lost) % 2 ** 32,
        ia_jitter: ticks(leg.jitterMs ?? 0),
        lsr: 0,
        dlsr: 0,
      },
    ],
    codec: leg.codec,
    mos: rounded(leg.mos),
    mos_heard: rounded(leg.heardMos),
    rtt_ms: rounded(leg.roundTripMs),
  };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 100) / 100;
}
