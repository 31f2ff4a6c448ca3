/** What the sender needs of a connection to a collector; the sockets are made in io/collector-socket.ts. */
import type { SyslogConfig } from "@ringfence/policy";

export interface Collector {
  /** Whole frames. False: no more until `onRoom`. */
  send(frames: Buffer): boolean;
  /** Octets that the other side has not acknowledged; undefined where that cannot be known. */
  unacknowledged(): Promise<number | undefined>;
  /** Says nothing more: `onDown` does not follow. */
  close(): void;
}

/** Each connection is up once at most, and down once at most; never before it has been returned. */
export interface CollectorEvents {
  onUp(): void;
  onRoom(): void;
  onDown(why: string): void;
}

export interface CollectorTarget {
  readonly url: SyslogConfig["url"];
  /** PEM; undefined, here and below: the system's authorities, no certificate of ours. */
  readonly ca: string | undefined;
  readonly pair: { readonly cert: string; readonly key: string } | undefined;
}

export type OpenCollector = (target: CollectorTarget, events: CollectorEvents) => Collector;
