import type { Call } from "./call.ts";
import { type Header, headerList, type SipRequest } from "./sip-message.ts";

const supports = (request: SipRequest, name: "supported" | "require"): boolean =>
  headerList(request, name).includes("100rel");

/** Sends 18x to the caller: plainly as captured, or reliably (RFC 3262) when the caller requires it or the knob says so. */
export function sendProvisional(call: Call, status: number, extra: readonly Header[], body?: Buffer): void {
  const { core, tx } = call;
  const contact: Header[] = [["Contact", call.a.contact]];
  const withBody = body === undefined ? {} : { body };
  const reliable = supports(tx.request, "require") || (core.knobs.reliable180 && supports(tx.request, "supported"));
  if (!reliable) {
    tx.respond(status, { headers: [...contact, ...extra], ...withBody });
    return;
  }
  // One unacknowledged reliable response at a time; another one of the same meaning is not needed.
  if (call.a.rseqOpen !== undefined) return;
  call.a.rseq += 1;
  call.a.rseqOpen = call.a.rseq;
  const headers: Header[] = [...contact, ["Require", "100rel"], ["RSeq", String(call.a.rseq)], ...extra];
  tx.respond(status, { headers, ...withBody });
  repeatUntilPrack(call, call.a.rseq, core.knobs.t1, 0);
}

function repeatUntilPrack(call: Call, rseq: number, wait: number, waited: number): void {
  const { timers, knobs } = call.core;
  timers.after(wait, () => {
    if (call.a.rseqOpen !== rseq || call.tx.final !== 0) return;
    if (waited + wait >= 64 * knobs.t1) {
      call.fail(504);
      return;
    }
    call.tx.repeat();
    repeatUntilPrack(call, rseq, 2 * wait, waited + wait);
  });
}
