/** A request that is being answered: what every room it goes through needs to answer it, and nothing else. */
import type { Request } from "@ringfence/sip";
import type { Flow } from "./flow.ts";

export interface Served {
  /** Of the server transaction (RFC 3261 §17.2). */
  readonly serverTx: number;
  readonly request: Request;
  /** Where it came from, and its answers go. */
  readonly flow: Flow;
}

/** An INVITE is answered where its side of the call is now: a later request may have come over another flow. */
export function servedOf(
  { serverTx, request }: Pick<Served, "serverTx" | "request">,
  { flow }: Pick<Served, "flow">,
): Served {
  return { serverTx, request, flow };
}
