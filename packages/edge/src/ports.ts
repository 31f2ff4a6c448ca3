/** The core's inputs and outputs as data: the driver is the only one that feeds the first and drains the second. */
import type { Ban } from "@ringfence/dgram-rate-limiter";
import type { FlowRef } from "@ringfence/sip";
import type { KeptBan } from "./defence/bans.ts";
import type { Trust } from "./defence/trust.ts";
import type { EdgeCount, EdgeEvent } from "./events.ts";
import type { Flow } from "./flow.ts";
import type { FraudQuestion } from "./fraud/service-question.ts";
import type { LegMedia, LegName, MediaEvent, MediaResult } from "./media-port.ts";
import type { LoadSample } from "./overload/overload-control.ts";
import type { Binding } from "./registrar/binding.ts";
import type { CredentialAnswer, CredentialPlace } from "./stir/credential-place.ts";

export type Input =
  /** One whole message: a datagram, or what the stream framer cut out. */
  | { readonly kind: "message"; readonly flow: Flow; readonly bytes: Uint8Array }
  /** A stream that can no longer be framed; the bytes are its head so far. */
  | { readonly kind: "broken-stream"; readonly flow: Flow; readonly bytes: Uint8Array }
  | { readonly kind: "flow-lost"; readonly flowId: string }
  /** `turn` is that of the offer or answer it belongs to. */
  | { readonly kind: "media-result"; readonly call: string; readonly turn: number; readonly result: MediaResult }
  | { readonly kind: "media-event"; readonly event: MediaEvent }
  /** What came of a `credential-fetch`. */
  | { readonly kind: "credential"; readonly url: string; readonly answer: CredentialAnswer }
  /** Text of what came of a `fraud-ask`; undefined: nothing that counts. */
  | { readonly kind: "fraud-answer"; readonly call: string; readonly text: string | undefined }
  /** By hand; `label`: an address, a network or an account. */
  | { readonly kind: "ban"; readonly label: string; readonly forMs: number }
  /** Those of the process before this one. */
  | { readonly kind: "bans"; readonly kept: readonly KeptBan[] }
  | { readonly kind: "unban"; readonly label: string }
  | { readonly kind: "time" }
  /** The process ends: no call begins any more, and those that stand end on both sides. */
  | { readonly kind: "close" }
  /** Somebody said so. `forMs`: undefined until it is lifted. */
  | { readonly kind: "suspend"; readonly account: string; readonly forMs: number | undefined }
  | { readonly kind: "resume"; readonly account: string }
  /** Ten times a second: how it is outside the core, and of the tables out there the fullest. */
  | { readonly kind: "load"; readonly sample: LoadSample }
  /** Once in a while: what is derived from the calls is held against them. */
  | { readonly kind: "audit" };

export type Output =
  | { readonly kind: "send"; readonly flow: FlowRef; readonly bytes: Uint8Array }
  /** Messages with this Call-ID belong to that call: for who looks on. */
  | { readonly kind: "leg"; readonly call: string; readonly callId: string }
  | { readonly kind: "close-flow"; readonly flowId: string }
  /** The best of the phones at this address: under load it is heard when strangers are not. */
  /** How much less the gate lets strangers send: each step is half of what was. */
  | { readonly kind: "gate-pressure"; readonly pressure: number }
  | { readonly kind: "source-trust"; readonly address: string; readonly trust: Trust }
  | {
      readonly kind: "media-offer";
      readonly call: string;
      readonly turn: number;
      readonly from: LegName;
      readonly sdp: Uint8Array;
      readonly legs: { readonly a: LegMedia; readonly b: LegMedia };
    }
  | {
      readonly kind: "media-answer";
      readonly call: string;
      readonly turn: number;
      readonly from: LegName;
      readonly sdp: Uint8Array;
    }
  | { readonly kind: "media-up"; readonly call: string }
  | { readonly kind: "media-rollback"; readonly call: string }
  | {
      readonly kind: "media-press";
      readonly call: string;
      readonly to: LegName;
      readonly key: string;
      readonly durationMs: number;
    }
  | { readonly kind: "media-close"; readonly call: string }
  /** A certificate is needed, and is answered by a `credential` with its URL. */
  | { readonly kind: "credential-fetch"; readonly place: CredentialPlace }
  /** A fraud service is asked, and answers by a `fraud-answer` for that call. */
  | { readonly kind: "fraud-ask"; readonly call: string; readonly question: FraudQuestion }
  /** A registration to be remembered beyond this process as it is now; undefined: it is gone. */
  | { readonly kind: "binding"; readonly token: string; readonly binding: Binding | undefined }
  /** `enforced`: the gate shall know of it. `restored`: the process before this one had it already. */
  | { readonly kind: "ban"; readonly ban: Ban; readonly enforced: boolean; readonly restored: boolean }
  | { readonly kind: "ban-lifted"; readonly ban: Ban }
  | { readonly kind: "event"; readonly event: EdgeEvent }
  | { readonly kind: "count"; readonly count: EdgeCount };
