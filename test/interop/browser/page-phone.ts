/** What a page with a phone in it does when told, and what it says of itself. The same words for every SIP library. */

export interface PageSettings {
  /** `wss://HOST:PORT/` */
  readonly server: string;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** What crosses: `sdes` stands in for what the browser offers, `dtls` is what it offers. */
  readonly keying: "sdes" | "dtls";
}

/** `call` and `other` count the calls of a page: 0 is the first, -1 the last, which is meant when nothing is said. */
export type Command =
  | { readonly do: "start"; readonly settings: PageSettings }
  | { readonly do: "unregister" }
  | { readonly do: "call"; readonly to: string; readonly pictures?: boolean }
  | { readonly do: "answer"; readonly call?: number; readonly pictures?: boolean }
  | { readonly do: "reject" | "hang-up" | "hold" | "resume" | "restart-ice"; readonly call?: number }
  | { readonly do: "press"; readonly digit: string }
  | { readonly do: "transfer"; readonly to: string; readonly call?: number }
  | { readonly do: "transfer-to-call"; readonly call: number; readonly other: number }
  | { readonly do: "write"; readonly to: string; readonly text: string }
  | { readonly do: "watch"; readonly who: string; readonly event: string; readonly accept: string }
  | { readonly do: "unwatch" };

export type Happening =
  | "connected"
  | "disconnected"
  | "registered"
  | "unregistered"
  | "registration-refused"
  | "incoming"
  | "ringing"
  | "established"
  /** The far side put us on hold, or took us back. */
  | "held"
  | "resumed"
  /** Our own hold or resume was answered. */
  | "hold-answered"
  | "restart-answered"
  | "digit-answered"
  | "ended"
  /** A call that never was; the detail is the status. */
  | "failed"
  | "message"
  | "message-answered"
  | "watching"
  | "notified"
  | "watch-ended"
  /** The far side asked us to call somebody else, and we do. */
  | "referred"
  /** Another party takes the far side's place in a call of ours. */
  | "replaced"
  /** What a NOTIFY said of our transfer: the status line of its fragment. */
  | "transfer";

/** The test's end of the wire, put into the page before its script runs. */
declare global {
  var happened: (what: Happening, detail: string) => void;
  var tell: (command: Command) => void;
}

/** What a page asks of microphone and camera: nothing tidies the tone away, and few small pictures cost little to code. */
export function devices(pictures = false) {
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return { audio: sound, video: pictures && { width: 160, height: 120, frameRate: 5 } };
}

export function chosen<T>(list: readonly T[], index = -1): T {
  const one = list.at(index);
  if (one === undefined) throw new Error(`nothing at ${index} of ${list.length}`);
  return one;
}
