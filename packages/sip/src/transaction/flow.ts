import type { Request, Response } from "../message/message.ts";
import type { ViaParts } from "./outbound.ts";

/**
 * Where bytes come from and go to: a connection, or a UDP socket with one remote address. `packetSource` is what the
 * socket says, never what the peer writes.
 */
export interface FlowRef {
  readonly id: string;
  readonly reliable: boolean;
  readonly packetSource: { readonly address: string; readonly port: number };
}

/** Another way for a request that is too large for a datagram (RFC 3261 §18.1.1). */
export interface LargeWay {
  readonly flow: FlowRef;
  readonly via: ViaParts;
}

/** What the table tells its driver and its transaction user, in the order it must happen. */
export type TxOutput =
  | { readonly kind: "transmit"; readonly flow: FlowRef; readonly bytes: Uint8Array }
  /** A new request. The user answers `id`; an INVITE at once with 100. */
  | { readonly kind: "request"; readonly id: number; readonly request: Request; readonly flow: FlowRef }
  /** RFC 3261 §9.2: the user answers `id` with 200, or 481 without `target`, and the target with 487. */
  | {
      readonly kind: "cancel";
      readonly id: number;
      readonly target: number | undefined;
      readonly request: Request;
      readonly flow: FlowRef;
    }
  /** ACK to a 2xx, or to nothing we know. */
  | { readonly kind: "ack"; readonly request: Request; readonly flow: FlowRef }
  /** Each provisional response, the final one, and each copy of a 2xx to INVITE. */
  | { readonly kind: "response"; readonly id: number; readonly response: Response }
  /** No request of ours, or not from where it was sent. */
  | { readonly kind: "stray"; readonly response: Response }
  /** Client: no final response in time. */
  | { readonly kind: "timeout"; readonly id: number }
  /** Nobody took a large request on that flow: it went out anew as the datagram it was first meant to be. */
  | { readonly kind: "rerouted"; readonly id: number; readonly flow: FlowRef }
  /** The flow was lost before the final response; a server transaction cannot be answered any more. */
  | { readonly kind: "transport-error"; readonly id: number }
  /** INVITE server: no ACK to a 3xx-6xx. For a 2xx the wait is the user's. */
  | { readonly kind: "ack-timeout"; readonly id: number }
  /** The record is gone. Nothing with this id follows. */
  | { readonly kind: "ended"; readonly id: number };
