/** Every SIP message to a collector as HEP, masked, with reports of how each leg is heard. */
import type { CallSummary } from "@ringfence/media";
import type { Mask } from "../logs/mask.ts";
import { CallReports, type LegReport } from "./call-reports.ts";
import { encodeHep, type HepPacket } from "./hep.ts";
import { showMessage } from "./message-mask.ts";
import type { Place } from "./place.ts";
import { rtcpReport } from "./rtcp-report.ts";
import type { Seen } from "./seen.ts";

export interface HepCaptureOptions {
  readonly send: (packet: Buffer) => void;
  readonly mask: Mask;
  /** Number of this agent. */
  readonly id: number;
  readonly key: string | undefined;
  readonly rtcp: boolean;
  /** How the legs of a call are heard. */
  readonly summary: (call: string) => CallSummary | undefined;
}

/** Stands for an address that does not show. */
const nowhere = "0.0.0.0";

export class HepCapture {
  readonly #options: HepCaptureOptions;
  readonly #reports = new CallReports();

  constructor(options: HepCaptureOptions) {
    this.#options = options;
  }

  message(seen: Seen): void {
    const { mask, rtcp } = this.#options;
    if (rtcp) this.#reports.note(seen);
    const shown = showMessage(seen.bytes, mask);
    if (typeof shown === "string") return;
    const { direction, at } = seen;
    const correlation = seen.call ?? seen.callId;
    this.#send(seen.flow, direction, { at, kind: "sip", correlation, payload: Buffer.from(shown.text, "latin1") });
  }

  /** Of every call that has sound. @param at milliseconds since 1970 */
  report(at: number): void {
    for (const call of this.#reports.calls) this.#reportOf(call, at);
  }

  /** The call is over: its last report, while its sums are still there. */
  ended(call: string, at: number): void {
    this.#reportOf(call, at);
    this.#reports.forget(call);
  }

  #reportOf(call: string, at: number): void {
    for (const leg of this.#reports.of(call, this.#options.summary(call))) {
      const text = JSON.stringify(rtcpReport(leg.summary, ssrcOf(leg), at));
      this.#send(leg.flow, "in", { at, kind: "rtcp-json", correlation: call, payload: Buffer.from(text) });
    }
  }

  #send(
    flow: Seen["flow"],
    direction: Seen["direction"],
    packet: Pick<HepPacket, "at" | "kind" | "correlation" | "payload">,
  ): void {
    const { send, id, key } = this.#options;
    const [ours, theirs] = [this.#shown(flow.endpoint.local), this.#shown(flow.packetSource)];
    const [source, destination] = direction === "in" ? [theirs, ours] : [ours, theirs];
    const carrier = flow.transport === "udp" ? "udp" : "tcp";
    send(encodeHep({ ...packet, carrier, source, destination, agent: id, key }));
  }

  #shown(place: Place): Place {
    const { address, port } = place;
    return this.#options.mask.address(address) === address ? { address, port } : { address: nowhere, port };
  }
}

/** The same for a leg from its first report to its last, and another for the other leg. */
function ssrcOf({ call, name }: LegReport): number {
  const half = Number.parseInt(call.slice(0, 8), 16) || 0;
  return (name === "a" ? half & ~1 : half | 1) >>> 0;
}
