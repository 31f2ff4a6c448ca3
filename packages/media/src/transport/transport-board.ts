/** Every transport of the process (ICE, DTLS) by its pair: carries out what they say, and asks them when their time has come. */
import type { Component, EngineCommand, EngineEvent, PairId } from "../engine/engine.ts";
import type { AgreedKeys } from "../negotiation/leg.ts";
import type {
  Fingerprint,
  IceCredentials,
  Transport,
  TransportDesk,
  TransportFailure,
  TransportOutput,
  TransportTerms,
} from "./transport.ts";

export interface TransportBoardContext {
  readonly desk: TransportDesk;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly submit: (commands: readonly EngineCommand[]) => void;
  readonly onKeyed: (pair: PairId, component: Component, keys: AgreedKeys) => void;
  readonly onFailed: (pair: PairId, reason: TransportFailure) => void;
}

export class TransportBoard {
  readonly #context: TransportBoardContext;
  readonly #transports = new Map<PairId, Transport>();
  #timer: NodeJS.Timeout | undefined;
  /** When it goes off. It may be too early, when what it was for has been put off: then it is set anew. */
  #due = Number.POSITIVE_INFINITY;

  constructor(context: TransportBoardContext) {
    this.#context = context;
  }

  /** undefined: no DTLS here. */
  get fingerprint(): Fingerprint | undefined {
    return this.#context.desk.fingerprint;
  }

  credentials(): IceCredentials {
    return this.#context.desk.credentials();
  }

  agree(pair: PairId, terms: TransportTerms): void {
    const transport = this.#transports.get(pair) ?? this.#context.desk.open(pair);
    this.#transports.set(pair, transport);
    this.#carryOut(pair, transport, transport.agree(terms, this.#context.clock()));
  }

  onControl(event: Extract<EngineEvent, { kind: "control" }>): void {
    const transport = this.#transports.get(event.pair);
    if (transport !== undefined) {
      this.#carryOut(event.pair, transport, transport.onControl(event, this.#context.clock()));
    }
  }

  /** Says goodbye; before the pair is closed. Idempotent. */
  close(pair: PairId): void {
    const transport = this.#transports.get(pair);
    if (transport === undefined) return;
    this.#transports.delete(pair);
    this.#submit(transport.close(this.#context.clock()));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #carryOut(pair: PairId, transport: Transport, outputs: readonly TransportOutput[]): void {
    this.#submit(outputs);
    this.#arm(transport.deadline);
    for (const output of outputs) {
      if (output.kind === "keyed") {
        const { component, inbound, outbound } = output;
        this.#context.onKeyed(pair, component, { inbound, outbound });
      }
      if (output.kind === "failed") this.#context.onFailed(pair, output.reason);
    }
  }

  #submit(outputs: readonly TransportOutput[]): void {
    const commands = outputs.flatMap((output) => (output.kind === "command" ? [output.command] : []));
    if (commands.length > 0) this.#context.submit(commands);
  }

  #arm(deadline = Number.POSITIVE_INFINITY): void {
    if (deadline >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = deadline;
    this.#timer = setTimeout(() => this.#runDue(), Math.max(1, deadline - this.#context.clock()));
    this.#timer.unref();
  }

  #runDue(): void {
    this.#due = Number.POSITIVE_INFINITY;
    const now = this.#context.clock();
    const due = [...this.#transports].filter(([, { deadline }]) => deadline !== undefined && deadline <= now);
    for (const [pair, transport] of due) this.#carryOut(pair, transport, transport.onDeadline(now));
    for (const { deadline } of this.#transports.values()) this.#arm(deadline);
  }
}
