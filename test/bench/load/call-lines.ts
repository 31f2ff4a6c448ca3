/** The lines of one call from a phone to the PBX, with media on both legs, as the edge and the media say them. */
import type { EdgeEvent } from "@ringfence/edge";

/** How both legs sounded. */
const sound = Object.fromEntries(
  ["a", "b"].flatMap((leg) =>
    Object.entries({
      codec: "PCMA",
      suite: "AES_CM_128_HMAC_SHA1_80",
      packets: 2_991,
      lost: 3,
      jitter_ms: 2.4,
      gap_ms: 61,
      rtt_ms: 38,
      mos: 4.31,
      mos_min: 4.02,
      heard_loss: 0.001,
      heard_jitter_ms: 3.1,
      heard_mos: 4.28,
      heard_mos_min: 3.97,
    }).map(([name, value]) => [`${leg}_${name}`, value]),
  ),
);

export function linesOfCall(number: number): readonly EdgeEvent[] {
  const hex = number.toString(16).padStart(16, "0");
  const phone = {
    side: "phone",
    transport: "tls",
    source: `192.0.2.${number % 250}:${40_000 + (number % 9_000)}`,
  } as const;
  const parties = { from: "1001", to: `+4930${1_000_000 + number}` };
  const request = { event: "request", level: "info", ...phone, status: 200, ...parties } as const;
  const call = {
    event: "call",
    level: "info",
    decision: hex.slice(4),
    call: hex,
    ...phone,
    account: "1001",
    ...parties,
  } as const;
  return [
    { ...call, reason: "started" },
    { ...request, method: "INVITE" },
    { ...request, method: "BYE" },
    {
      ...call,
      reason: "hangup",
      ended_by: "a",
      b_side: "core",
      b_transport: "udp",
      b_source: "10.0.0.5:5060",
      a_call_id: `${hex}@192.0.2.10`,
      b_call_id: `${hex}${hex}`,
      setup_ms: 3_120,
      duration_ms: 59_870,
      ...sound,
    } as EdgeEvent,
  ];
}
