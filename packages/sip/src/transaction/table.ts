import type { OutRequest, OutResponse } from "../message/build.ts";
import type { Request, Response } from "../message/message.ts";
import type { Millis, Random } from "../outside.ts";
import { ClientTransactions } from "./client.ts";
import type { FlowRef, LargeWay, TxOutput } from "./flow.ts";
import { buildStateless, type ExtraHeaders, type ViaParts } from "./outbound.ts";
import type { TimerHeap, TxTimer } from "./records.ts";
import { type RespondMode, ServerTransactions } from "./server.ts";
import { defaultTimerValues, type TimerValues } from "./timers.ts";

export interface TransactionTableOptions {
  readonly deadlines: TimerHeap;
  readonly random: Random;
  /** Most server records at a time, not counting CANCELs of INVITEs that are in the table. */
  readonly maxServer: number;
  /** Most client records at a time, not counting CANCELs of INVITEs that are in the table. */
  readonly maxClient: number;
  readonly timers?: Partial<TimerValues>;
}

export interface Started {
  readonly id: number;
  readonly out: readonly TxOutput[];
}

/**
 * The transaction layer of RFC 3261 §17 with RFC 6026: messages and fired timers in, bytes and events out. Ids are
 * never reused; after `ended` nothing with that id follows. Times are monotonic milliseconds.
 */
export class TransactionTable {
  readonly #clients: ClientTransactions;
  readonly #servers: ServerTransactions;
  readonly #random: Random;
  #refusedServer = 0;
  #refusedClient = 0;

  constructor(options: TransactionTableOptions) {
    let lastId = 0;
    const shared = {
      heap: options.deadlines,
      timers: { ...defaultTimerValues, ...options.timers },
      nextId: () => ++lastId,
    };
    this.#random = options.random;
    this.#clients = new ClientTransactions({ ...shared, max: options.maxClient }, options.random);
    this.#servers = new ServerTransactions({ ...shared, max: options.maxServer });
  }

  /** Records held now. */
  get counts(): { readonly server: number; readonly client: number } {
    return { server: this.#servers.size, client: this.#clients.size };
  }

  /** Server records that cannot be given up: the others have their answer, and make room when it is needed. */
  get occupied(): number {
    return this.#servers.size - this.#servers.answered;
  }

  /** Requests dropped, and requests not sent, because the table was full; since the start of the process. */
  get refused(): { readonly server: number; readonly client: number } {
    return { server: this.#refusedServer, client: this.#refusedClient };
  }

  onRequest(now: Millis, request: Request, flow: FlowRef): readonly TxOutput[] {
    const out = this.#servers.onRequest(now, request, flow);
    if (out === undefined) this.#refusedServer += 1;
    return out ?? [];
  }

  /** Whether a request, ACK or CANCEL belongs to a server transaction in the table: a copy, not something new. */
  has(request: Request, flow: FlowRef): boolean {
    return this.#servers.has(request, flow);
  }

  /** Whether a request that is not in the table is a copy of one that is, come another way (RFC 3261 §8.2.2.2). */
  isMerged(request: Request): boolean {
    return this.#servers.isMerged(request);
  }

  onResponse(now: Millis, response: Response, flow: FlowRef): readonly TxOutput[] {
    return this.#clients.onResponse(now, response, flow);
  }

  /** A timer that was disarmed after the heap gave it out is ignored. */
  onTimer(now: Millis, event: TxTimer): readonly TxOutput[] {
    return this.#clients.onTimer(now, event.id, event.timer) ?? this.#servers.onTimer(now, event.id, event.timer) ?? [];
  }

  /** Every transaction of the flow ends: `transport-error` for those without a final response, `ended` for all. */
  onFlowLost(now: Millis, flowId: string): readonly TxOutput[] {
    return [...this.#clients.onFlowLost(now, flowId), ...this.#servers.onFlowLost(now, flowId)];
  }

  /**
   * `request` has no Via: it is added here, with a fresh branch. Undefined when the table is full.
   * `large`: asked when the request has more than `largest` octets; where nobody answers there, it goes out as it would have.
   */
  sendRequest(
    now: Millis,
    request: OutRequest,
    options: {
      readonly flow: FlowRef;
      readonly via: ViaParts;
      readonly largest?: number;
      readonly large?: () => LargeWay | undefined;
    },
  ): Started | undefined {
    const started = this.#clients.send(now, request, options);
    if (started === undefined) this.#refusedClient += 1;
    return started;
  }

  /**
   * RFC 3261 §9.1: CANCEL for one of our INVITEs, at once after a provisional response, else when the first one comes.
   * The id is the CANCEL's own. Undefined when there is nothing to cancel. `headers`: Reason, say.
   */
  cancel(now: Millis, inviteId: number, headers: ExtraHeaders = []): Started | undefined {
    return this.#clients.cancel(now, inviteId, headers);
  }

  /** Ignored when the record is gone, or a final response stands; a 2xx to INVITE may be repeated (RFC 6026 §8.5). */
  respond(now: Millis, id: number, response: OutResponse, mode: RespondMode = "stateful"): readonly TxOutput[] {
    return this.#servers.respond(now, id, response, mode);
  }

  /** The bytes of a request outside any transaction, with a fresh branch: the ACK to a 2xx. */
  buildStateless(request: OutRequest, via: ViaParts): Uint8Array {
    return buildStateless(request, via, this.#random);
  }
}
