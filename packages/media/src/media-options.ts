/** What media is made of, and what it is to whoever made it. */
import type { EngineFactory } from "./engine/engine.ts";
import type { MediaLogEvent } from "./log-event.ts";
import type { MediaEvent, MediaPort } from "./media-port.ts";
import type { CallSummary, Moment } from "./quality/quality-desk.ts";
import type { MediaSettings } from "./settings.ts";
import type { MediaStatus } from "./status.ts";
import type { TransportDesk } from "./transport/transport.ts";

export interface MediaOptions {
  readonly settings: MediaSettings;
  /** Packet threads. Default: one less than the processors, at least 1, at most 2. */
  readonly workers?: number;
  readonly onEvent: (event: MediaEvent) => void;
  readonly log: (event: MediaLogEvent) => void;
  /** Dice for keys, ports and session ids. Default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Monotonic milliseconds. Default: performance.now. */
  readonly clock?: () => number;
  /** Default: the portable engine. */
  readonly engine?: EngineFactory;
  /** ICE and DTLS. Default: with a certificate of this run, where the native part is there; else DTLS-SRTP is refused. */
  readonly transports?: TransportDesk;
}

export interface Media extends MediaPort {
  /** Whether the call has media here, agreed or offered. */
  has(call: string): boolean;
  /** A reload: new calls use the new range and rules, calls in progress keep their ports and keys. */
  apply(settings: MediaSettings): void;
  status(): MediaStatus;
  /**
   * How a call was heard, to be asked before it is closed: what its last line says. undefined: it had no sound.
   * @param moment `meanwhile`: nothing ends, the last whole window of seconds is the last mark
   */
  summary(call: string, moment?: Moment): CallSummary | undefined;
  /** Closes every socket. Calls get no event. */
  stop(): Promise<void>;
}
