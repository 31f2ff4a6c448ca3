/** What the edge knows of an open socket, whatever its transport. */
import type { GateVerdict, NativeGate } from "@ringfence/dgram-rate-limiter";
import type { Endpoint, Flow, HostPort } from "../flow.ts";
import type { CloseReason } from "./close-reason.ts";

/** How what arrives gets to the driver. Side and trunk are decided here, by socket and source address, before parsing. */
export interface Receiver {
  /** The flow of a packet or connection, undefined when this source has no business on this socket. */
  admit(endpoint: Endpoint, remote: HostPort, flowId: string): Flow | undefined;
  /** Datagrams that we send to ourselves: no gate holds up what begins with `mark`, and nobody else hears it. */
  own(): { readonly mark: Uint8Array; takes(bytes: Uint8Array): boolean };
  /** False: this datagram is not worth reading (the packet gate). */
  gate(endpoint: Endpoint, remote: HostPort, bytes: Uint8Array): boolean;
  /** The same of one that the native gate did not let pass. */
  judged(endpoint: Endpoint, remote: HostPort, bytes: Uint8Array, verdict: GateVerdict): boolean;
  /** What a native socket asks; undefined where everybody passes, or there is no native code. */
  nativeGate(endpoint: Endpoint): NativeGate | undefined;
  /**
   * @param lent the octets are used again as soon as this returns
   * @returns false: of a connection nothing more is read until it is told to go on
   */
  message(flow: Flow, bytes: Uint8Array, lent: boolean): boolean;
  brokenStream(flow: Flow, bytes: Uint8Array): void;
  flowLost(flowId: string): void;
  /** Connections this source may hold at one time on this socket; 0: it connects too often. */
  allowance(endpoint: Endpoint, address: string): number;
  /** Connections on which nobody has registered, in all. */
  strangers(): number;
  /** A registration or a call is on this flow. */
  kept(flowId: string): boolean;
  closed(reason: CloseReason): void;
  /** warn: something of ours, or a configured peer, does not work; debug: a stranger's connection failed. */
  trouble(endpoint: Endpoint, level: "warn" | "debug", detail: string): void;
}

export interface Listener {
  readonly endpoint: Endpoint;
  /** A reload changed what we advertise or the certificate: the socket stays. */
  update(endpoint: Endpoint): void;
  close(): Promise<void>;
}
