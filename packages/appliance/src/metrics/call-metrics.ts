/** The metrics that a call fills when it ends, a part of the table in definitions.ts. */
import { side } from "./media-metrics.ts";

/** Seconds, shares and marks between which somebody hears a difference; 3.1 is where `media_troubled_calls` says `poor`. */
const buckets = {
  delay: [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20, 30],
  loss: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
  jitter: [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2],
  mos: [1.5, 2, 2.6, 3.1, 3.6, 4, 4.3],
} as const;

export const callMetrics = {
  calls_answered: {
    type: "counter",
    help: "Calls that ended and had been answered, by the side of the caller",
    labels: { side },
  },
  trunk_calls_ended: {
    type: "counter",
    help: "Calls with a carrier that ended, by who called and whether they had been answered",
    labels: { trunk: "ours", direction: ["in", "out"], answered: ["yes", "no"] },
  },
} as const;

export const callHistograms = {
  post_dial_delay_seconds: {
    type: "histogram",
    help: "From the INVITE to the first sign of the called party, by the side that was called",
    labels: { side },
    buckets: buckets.delay,
  },
  call_loss_ratio: {
    type: "histogram",
    help: "Share of the RTP packets of a leg that were lost, of calls that ended, by the side that sent them",
    labels: { side },
    buckets: buckets.loss,
  },
  call_jitter_seconds: {
    type: "histogram",
    help: "The worst jitter of a leg, of calls that ended, by the side that sent it",
    labels: { side },
    buckets: buckets.jitter,
  },
  call_mos: {
    type: "histogram",
    help: "The mark of a leg (MOS), of calls that ended, by the side that sent it",
    labels: { side },
    buckets: buckets.mos,
  },
} as const;
