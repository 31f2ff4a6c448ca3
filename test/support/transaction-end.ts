import {
  Deadlines,
  type FlowRef,
  parseMessage,
  TransactionTable,
  type TransactionTableOptions,
  type TxOutput,
  type TxTimer,
} from "@ringfence/sip";
import type { FakeNetwork } from "./fake-network.ts";
import { seededBytes } from "./seeded-random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** A transaction table at one end of a network, with everything it told its user, and a user that may react. */
export class TransactionEnd {
  readonly table: TransactionTable;
  readonly deadlines = new Deadlines<TxTimer>();
  readonly told: TxOutput[] = [];
  readonly ended = new Set<number>();
  /** Bytes sent, first copies and retransmissions. */
  transmitted = 0;
  /** Called for each output that is not bytes to send. */
  onOutput: (output: TxOutput) => void = () => {};
  readonly #clock: VirtualClock;
  readonly #network: FakeNetwork<Uint8Array>;
  #peer: TransactionEnd | undefined;
  #flow: FlowRef | undefined;

  constructor(
    clock: VirtualClock,
    network: FakeNetwork<Uint8Array>,
    seed: number,
    options: Partial<TransactionTableOptions> = {},
  ) {
    this.#clock = clock;
    this.#network = network;
    const random = seededBytes(seed);
    this.table = new TransactionTable({
      deadlines: this.deadlines,
      random,
      maxServer: 1000,
      maxClient: 1000,
      ...options,
    });
    clock.attach({
      next: () => this.deadlines.next(),
      fire: (now) => {
        const event = this.deadlines.popDue(now);
        if (event !== undefined) this.run(this.table.onTimer(now, event));
      },
    });
  }

  connect(peer: TransactionEnd, flow: FlowRef): void {
    this.#peer = peer;
    this.#flow = flow;
  }

  get flow(): FlowRef {
    if (this.#flow === undefined) throw new Error("not connected");
    return this.#flow;
  }

  /** Carries out what the table asks for. */
  run(outputs: readonly TxOutput[]): void {
    for (const output of outputs) {
      if ("id" in output && this.ended.has(output.id)) throw new Error(`${output.kind} after ended`);
      if (output.kind === "ended") this.ended.add(output.id);
      if (output.kind === "transmit") {
        this.transmit(output.bytes);
        continue;
      }
      this.told.push(output);
      this.onOutput(output);
    }
  }

  transmit(bytes: Uint8Array): void {
    this.transmitted += 1;
    this.#network.send(bytes, (copy) => this.#peer?.receive(copy));
  }

  receive(bytes: Uint8Array): void {
    const message = parseMessage(bytes, "datagram");
    if (message.kind === "failure") throw new Error(`sent something malformed: ${message.code}`);
    const { now } = this.#clock;
    this.run(
      message.kind === "request"
        ? this.table.onRequest(now, message, this.flow)
        : this.table.onResponse(now, message, this.flow),
    );
  }
}
