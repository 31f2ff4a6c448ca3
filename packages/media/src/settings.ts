/** The part of the configuration media lives by. The `media` section of the config has this shape. */
export interface MediaSettings {
  /** UDP ports for RTP and RTCP, both ends included. RTP takes the even port of a pair, RTCP the odd one above it. */
  readonly ports: { readonly first: number; readonly last: number };
  /** A call without a packet in any direction for this long is reported inactive. 0: never. */
  readonly inactivityMs: number;
  /** Who may claim a stream: for how long after an offer/answer exchange, and after how many packets that agree. */
  readonly learn: { readonly windowMs: number; readonly packets: number };
  /** Media on instances of rtpengine instead of an engine of our own. */
  readonly farm?: FarmSettings | undefined;
}

export interface FarmSettings {
  readonly instances: readonly {
    /** IP literal without brackets, and the port of its "ng" socket. */
    readonly address: string;
    readonly port: number;
    /** Share of new calls beside the others'; 0: only when nobody else answers. */
    readonly weight: number;
  }[];
  /** Names of the instances' interfaces towards phones and carriers, and towards the PBX. undefined: their first. */
  readonly interfaces: { readonly outside: string; readonly inside: string } | undefined;
}

/** Streams relayed in one call; further m= lines are answered with port 0, so that one offer cannot take the whole range. */
export const maxStreams = 6;
/** m= lines read at all. */
export const maxMediaLines = 32;
