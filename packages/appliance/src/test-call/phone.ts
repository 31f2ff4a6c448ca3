/** One telephone as a state machine: octets, moments and wishes in, octets and events out. No sockets, no clock, no dice of its own. */
import {
  type Dialog,
  type FlowRef,
  type Millis,
  type OutRequest,
  parseMessage,
  type Random,
  type Request,
  type Response,
  requestInDialog,
  responseTo,
  type TimerHeap,
  TransactionTable,
  type TxOutput,
  type TxTimer,
  uacDialog,
} from "@ringfence/sip";
import { Answering } from "./answering.ts";
import { answered, contactOf, inviteRequest, methods, type PhoneIdentity, Registration } from "./requests.ts";
import { type Agreed, type OwnMedia, offer, readAnswer, type SessionProblem } from "./session.ts";

/** What a request of ours is for. */
export type Purpose = "register" | "unregister" | "invite" | "bye";

export type PhoneEvent =
  | { readonly kind: "registered" | "unregistered" | "ringing" | "established" | "over" }
  /** The last word on a request of ours. */
  | { readonly kind: "refused"; readonly purpose: Purpose; readonly status: number; readonly reason: string }
  | { readonly kind: "unanswered"; readonly purpose: Purpose }
  | { readonly kind: "unfit"; readonly why: SessionProblem };

export type PhoneOutput =
  | { readonly kind: "transmit"; readonly bytes: Uint8Array }
  | { readonly kind: "event"; readonly event: PhoneEvent };

export interface PhoneOptions {
  readonly identity: PhoneIdentity;
  readonly server: FlowRef["packetSource"];
  readonly media: OwnMedia;
  readonly random: Random;
  readonly timers: TimerHeap;
}

interface Asked {
  readonly purpose: Purpose;
  readonly request: OutRequest;
  /** Challenges of it that were answered. */
  readonly answers: number;
}

/** More than a phone with one call has at a time; what a flood leaves behind is bounded by it. */
const mostTransactions = 16;

export class Phone {
  readonly #options: PhoneOptions;
  readonly #table: TransactionTable;
  readonly #flow: FlowRef;
  readonly #via: { readonly transport: string; readonly host: string; readonly port: number };
  readonly #asked = new Map<number, Asked>();
  readonly #registration: Registration;
  readonly #tag: string;
  #dialog: Dialog | undefined;
  /** Of our INVITE while it has no final answer. */
  #inviting: number | undefined;
  readonly #answering: Answering;
  #agreed: Agreed | undefined;

  constructor(options: PhoneOptions) {
    const { identity, server, random, timers } = options;
    this.#options = options;
    this.#answering = new Answering(options.media);
    this.#table = new TransactionTable({
      deadlines: timers,
      random,
      maxServer: mostTransactions,
      maxClient: mostTransactions,
    });
    this.#flow = { id: "line", reliable: identity.transport !== "udp", packetSource: server };
    const { address: host, port } = identity.local;
    this.#via = { transport: identity.transport.toUpperCase(), host, port };
    this.#registration = new Registration(identity, { callId: this.#word(), tag: this.#word() });
    this.#tag = this.#word();
  }

  register(now: Millis, purpose: "register" | "unregister"): readonly PhoneOutput[] {
    return this.#send(now, { purpose, request: this.#registration.next(purpose), answers: 0 });
  }

  /** From now on a call that comes in is answered, as long as it is the only one. */
  await(): void {
    this.#answering.await();
  }

  /** What the call's sound was agreed to be. */
  get agreed(): Agreed | undefined {
    return this.#agreed ?? this.#answering.agreed;
  }

  call(now: Millis, number: string): readonly PhoneOutput[] {
    const { identity, media } = this.#options;
    const dialog = { callId: this.#word(), tag: this.#tag };
    return this.#send(now, {
      purpose: "invite",
      request: inviteRequest(identity, dialog, number, offer(media)),
      answers: 0,
    });
  }

  /** Whatever there is of a call ends: `over` follows where there was one. */
  hangUp(now: Millis): readonly PhoneOutput[] {
    if (this.#inviting !== undefined) {
      return this.#carry(now, this.#table.cancel(now, this.#inviting)?.out ?? []);
    }
    if (this.#dialog === undefined) return [];
    return this.#send(now, { purpose: "bye", request: requestInDialog(this.#dialog, "BYE").request, answers: 0 });
  }

  onBytes(now: Millis, bytes: Uint8Array): readonly PhoneOutput[] {
    const message = parseMessage(bytes, this.#flow.reliable ? "stream" : "datagram");
    if (message.kind === "response") return this.#carry(now, this.#table.onResponse(now, message, this.#flow));
    if (message.kind === "request") return this.#carry(now, this.#table.onRequest(now, message, this.#flow));
    return [];
  }

  /** To be called now and then: what waits for an ACK is said again. */
  repeat(now: Millis): readonly PhoneOutput[] {
    const waiting = this.#answering.unacknowledged;
    if (waiting === undefined || this.#flow.reliable) return [];
    return this.#respond(now, waiting.id, waiting.request, 200, waiting.body);
  }

  onTimer(now: Millis, timer: TxTimer): readonly PhoneOutput[] {
    return this.#carry(now, this.#table.onTimer(now, timer));
  }

  /** The connection is gone. */
  onLost(now: Millis): readonly PhoneOutput[] {
    return this.#carry(now, this.#table.onFlowLost(now, this.#flow.id));
  }

  #send(now: Millis, asked: Asked): readonly PhoneOutput[] {
    const started = this.#table.sendRequest(now, asked.request, { flow: this.#flow, via: this.#via });
    if (started === undefined) return [event({ kind: "unanswered", purpose: asked.purpose })];
    this.#asked.set(started.id, asked);
    if (asked.purpose === "invite") this.#inviting = started.id;
    return this.#carry(now, started.out);
  }

  #carry(now: Millis, outputs: readonly TxOutput[]): readonly PhoneOutput[] {
    return outputs.flatMap((output) => this.#carryOne(now, output));
  }

  #carryOne(now: Millis, output: TxOutput): readonly PhoneOutput[] {
    switch (output.kind) {
      case "transmit":
        return [{ kind: "transmit", bytes: output.bytes }];
      case "response":
        return this.#onResponse(now, output.id, output.response);
      case "request":
        return this.#onRequest(now, output.id, output.request);
      case "cancel":
        // INVITEs are answered at once: there is nothing left to take back.
        return this.#respond(now, output.id, output.request, output.target === undefined ? 481 : 200);
      case "ack":
        return this.#answering.onAck(output.request) ? [event({ kind: "established" })] : [];
      case "timeout":
      case "transport-error":
        return this.#unanswered(output.id);
      case "ended":
        this.#asked.delete(output.id);
        return [];
      default:
        return [];
    }
  }

  #unanswered(id: number): readonly PhoneOutput[] {
    const asked = this.#asked.get(id);
    if (asked === undefined) return [];
    if (this.#inviting === id) this.#inviting = undefined;
    return [event({ kind: "unanswered", purpose: asked.purpose })];
  }

  #onResponse(now: Millis, id: number, response: Response): readonly PhoneOutput[] {
    const asked = this.#asked.get(id);
    if (asked === undefined) return [];
    const { status } = response;
    if (status < 200) return asked.purpose === "invite" && status > 100 ? [event({ kind: "ringing" })] : [];
    if (this.#inviting === id) this.#inviting = undefined;
    if (status < 300) return this.#onSuccess(asked, response);
    const { identity, random } = this.#options;
    const again = answered(asked, response, identity.account, random);
    if (again !== undefined) return this.#send(now, { ...asked, request: again, answers: asked.answers + 1 });
    // RFC 3261 §9.1: a call that was taken back is over.
    if (asked.purpose === "invite" && status === 487) return [event({ kind: "over" })];
    return [event({ kind: "refused", purpose: asked.purpose, status, reason: response.reason })];
  }

  #onSuccess({ purpose, request }: Asked, response: Response): readonly PhoneOutput[] {
    if (purpose === "register" || purpose === "unregister") return [event({ kind: `${purpose}ed` })];
    if (purpose === "bye") {
      this.#dialog = undefined;
      return [event({ kind: "over" })];
    }
    const known = this.#dialog;
    const dialog = known ?? uacDialog(request, response);
    if (dialog === undefined) return [event({ kind: "unfit", why: "no-sdp" })];
    // RFC 3261 §13.2.2.4: each copy of the 200 gets its ACK.
    const ack = requestInDialog(dialog, "ACK", Number.parseInt(request.headers.get("CSeq") ?? "1", 10)).request;
    const sent: PhoneOutput = { kind: "transmit", bytes: this.#table.buildStateless(ack, this.#via) };
    if (known !== undefined) return [sent];
    this.#dialog = dialog;
    const read = readAnswer(this.#options.media, response.body);
    if (typeof read === "string") return [sent, event({ kind: "unfit", why: read })];
    this.#agreed = read;
    return [sent, event({ kind: "established" })];
  }

  #onRequest(now: Millis, id: number, request: Request): readonly PhoneOutput[] {
    const { answers, event: happened } = this.#answering.onRequest(id, request, this.#dialog?.callId);
    if (happened?.kind === "over") this.#dialog = undefined;
    const said = answers.flatMap(({ status, body }) => this.#respond(now, id, request, status, body));
    return happened === undefined ? said : [...said, event(happened)];
  }

  #respond(now: Millis, id: number, request: Request, status: number, body?: Uint8Array): readonly PhoneOutput[] {
    const answer = responseTo(request, status, {
      toTag: this.#tag,
      headers: [status === 405 ? ["Allow", methods] : ["Contact", contactOf(this.#options.identity)]],
      packetSource: this.#options.server,
      ...(body !== undefined && { body, contentType: "application/sdp" }),
    });
    return this.#carry(now, this.#table.respond(now, id, answer));
  }

  #word(): string {
    return Buffer.from(this.#options.random(12)).toString("hex");
  }
}

function event(value: PhoneEvent): PhoneOutput {
  return { kind: "event", event: value };
}
