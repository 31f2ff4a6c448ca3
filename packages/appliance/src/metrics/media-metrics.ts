/** The metrics of media, a part of the table in definitions.ts. */
import { dropReasons, mediaRefusals, qualityKinds } from "@ringfence/media";

export const side = ["phone", "trunk", "core"];

/** Read from status() of media at each scrape. */
export const mediaMetrics = {
  media_calls: { type: "gauge", help: "Calls with media ports now", labels: {} },
  media_ports: {
    type: "gauge",
    help: "UDP ports of the media range",
    labels: { state: ["in_use", "draining", "free"] },
  },
  media_packets: { type: "counter", help: "RTP and RTCP packets relayed", labels: {} },
  media_bytes: { type: "counter", help: "Octets relayed in RTP and RTCP packets", labels: {} },
  media_dropped: { type: "counter", help: "Media packets not relayed, by reason", labels: { reason: dropReasons } },
  media_refused: {
    type: "counter",
    help: "Session descriptions refused, by reason",
    labels: { reason: Object.keys(mediaRefusals) },
  },
  media_troubled_calls: {
    type: "gauge",
    help: "Calls now whose sound goes one way, is silent, or is poor",
    labels: { kind: qualityKinds },
  },
  media_troubles: {
    type: "counter",
    help: "Times that the sound of a leg became one-way, silent or poor",
    labels: { kind: qualityKinds },
  },
  media_rtp_received: { type: "counter", help: "RTP packets of calls with sound, by who sent them", labels: { side } },
  media_rtp_lost: {
    type: "counter",
    help: "RTP packets that should have come by their sequence numbers and did not, by who sent them",
    labels: { side },
  },
  media_bind_failures: {
    type: "counter",
    help: "Media ports passed over because another process held them",
    labels: {},
  },
  media_engine_lost: { type: "counter", help: "Media workers that died and were replaced", labels: {} },
  media_instance_up: {
    type: "gauge",
    help: "1: this instance of rtpengine answers and gets calls, 0: it gets none",
    labels: { place: "ours" },
  },
  media_instance_calls: { type: "gauge", help: "Our calls on this instance now", labels: { place: "ours" } },
  media_instance_sessions: {
    type: "gauge",
    help: "Everybody's calls on this instance, as it said last",
    labels: { place: "ours" },
  },
  media_instance_timeouts: { type: "counter", help: "Requests that an instance left unanswered", labels: {} },
  media_instance_failovers: {
    type: "counter",
    help: "New calls tried on another instance because the one before was silent or refused",
    labels: {},
  },
} as const;
