/** A line to a collector, of log lines or of captures: one attempt to be connected. The sockets are made in io/collector-line.ts. */

export interface LinePlace {
  readonly transport: "udp" | "tcp" | "tls";
  readonly host: string;
  readonly port: number;
  /** PEM; undefined, here and below: the system's authorities, no certificate of ours. */
  readonly ca: string | undefined;
  readonly pair: { readonly cert: string; readonly key: string } | undefined;
}

export interface Line {
  /** Over UDP a datagram, else the next octets of the stream; once it is up. False: no more until `onRoom`. */
  write(octets: Buffer): boolean;
  /** Octets that it has not passed on. */
  waiting(): number;
  /** Octets that the other side has not acknowledged; undefined where that cannot be known. */
  unacknowledged(): Promise<number | undefined>;
  /** Says nothing more: `onDown` does not follow. */
  close(): void;
}

/** Each line is up once at most, and down once at most; never before it has been returned. */
export interface LineEvents {
  onUp(): void;
  onRoom(): void;
  /** @param why the end of a sentence */
  onDown(why: string): void;
}

export type OpenLine = (place: LinePlace, events: LineEvents) => Line;
