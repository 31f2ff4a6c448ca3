/** Non-INVITE requests that cross: which server transaction waits for the answer of which client transaction. */
import type { Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { LegName } from "../media-port.ts";

export interface RegisterStep {
  readonly kind: "register";
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  readonly shownDomain: string;
  /** The contacts of this request with the expiry asked for, in seconds; "*" removes all. */
  readonly contacts: readonly { readonly token: string; readonly uri: string; readonly expires: number }[] | "*";
}

export interface InDialogStep {
  readonly kind: "in-dialog";
  readonly call: string;
  readonly from: LegName;
}

export interface OutOfDialogStep {
  readonly kind: "out-of-dialog";
}

export interface Relay {
  readonly serverTx: number;
  readonly request: Request;
  readonly flow: Flow;
  readonly step: RegisterStep | InDialogStep | OutOfDialogStep;
}

/** Keyed by client transaction; its cap is that of the transaction table, every entry goes with its transaction. */
export type Relays = Map<number, Relay>;
