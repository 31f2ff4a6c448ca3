/** What a phone says to requests that come to it: one call is answered, and everything else is heard and no more. */
import type { Request } from "@ringfence/sip";
import type { Agreed, OwnMedia, SessionProblem } from "./session.ts";
import { answerOffer } from "./session.ts";

export interface Said {
  readonly answers: readonly { readonly status: number; readonly body?: Uint8Array }[];
  readonly event?: { readonly kind: "over" } | { readonly kind: "unfit"; readonly why: SessionProblem };
}

export class Answering {
  readonly #media: OwnMedia;
  #isAwaiting = false;
  #call: { readonly id: number; readonly request: Request; readonly body: Uint8Array } | undefined;
  #isAcknowledged = false;
  /** What the call that was answered sounds like. */
  agreed: Agreed | undefined;

  constructor(media: OwnMedia) {
    this.#media = media;
  }

  /** From now on the first call that comes is answered. */
  await(): void {
    this.#isAwaiting = true;
  }

  /** @param ours Call-ID of the call that this phone made */
  onRequest(id: number, request: Request, ours: string | undefined): Said {
    const { method, to, callId } = request;
    if (method === "INVITE" && to.tag === undefined) return this.#onInvite(id, request);
    if (method === "BYE") {
      if (callId !== this.#call?.request.callId && callId !== ours) return { answers: [{ status: 481 }] };
      this.#isAcknowledged = true;
      return { answers: [{ status: 200 }], event: { kind: "over" } };
    }
    // A session that is offered anew stays as it is (RFC 3261 §14.2).
    return { answers: [{ status: method === "INVITE" ? 488 : method === "OPTIONS" ? 200 : 405 }] };
  }

  /** Whether it was for the call that was answered, and the first. */
  onAck({ callId }: Request): boolean {
    const isFirst = callId === this.#call?.request.callId && !this.#isAcknowledged;
    if (isFirst) this.#isAcknowledged = true;
    return isFirst;
  }

  /** RFC 3261 §13.3.1.4: a 200 is repeated until its ACK is there. */
  get unacknowledged(): { readonly id: number; readonly request: Request; readonly body: Uint8Array } | undefined {
    return this.#isAcknowledged ? undefined : this.#call;
  }

  #onInvite(id: number, request: Request): Said {
    if (!this.#isAwaiting || this.#call !== undefined) return { answers: [{ status: 486 }] };
    const answer = answerOffer(this.#media, request.body);
    if (typeof answer === "string") return { answers: [{ status: 488 }], event: { kind: "unfit", why: answer } };
    this.#call = { id, request, body: answer.body };
    this.agreed = answer.agreed;
    return { answers: [{ status: 180 }, { status: 200, body: answer.body }] };
  }
}
