/** Joins the client's core with sockets and one timer: a request becomes a promise. */
import type { NgAnswer } from "./farm-call.ts";
import { type ClientOutput, type InstanceId, NgClient, type RequestId } from "./ng-client.ts";
import type { NgCommand } from "./ng-message.ts";

export interface NgSocket {
  /** Never throws; what cannot be sent is lost. */
  send(octets: Uint8Array): void;
  close(): void;
}

/** Only what comes from exactly that address and port reaches `onDatagram`. */
export type OpenNgSocket = (
  place: { readonly address: string; readonly port: number },
  onDatagram: (octets: Uint8Array) => void,
) => NgSocket;

export interface NgDeskOptions {
  readonly open: OpenNgSocket;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: (octets: number) => Uint8Array;
  readonly onHeard: (instance: InstanceId) => void;
  /** `since`: when the request that stayed without an answer was sent first. */
  readonly onSilence: (instance: InstanceId, since: number) => void;
}

export class NgDesk {
  readonly #options: NgDeskOptions;
  readonly #client: NgClient;
  readonly #sockets = new Map<InstanceId, NgSocket>();
  readonly #waiting = new Map<RequestId, (answer: NgAnswer) => void>();
  readonly #underWay = new Set<Promise<NgAnswer>>();
  #timer: NodeJS.Timeout | undefined;
  #wakes = Number.POSITIVE_INFINITY;

  constructor(options: NgDeskOptions) {
    this.#options = options;
    this.#client = new NgClient(options.random);
  }

  add(instance: InstanceId, place: { readonly address: string; readonly port: number }): void {
    const socket = this.#options.open(place, (octets) => this.#carryOut(this.#client.receive(instance, octets)));
    this.#sockets.set(instance, socket);
  }

  remove(instance: InstanceId): void {
    this.#sockets.get(instance)?.close();
    this.#sockets.delete(instance);
  }

  /** Never rejects. An instance that is not known here, or one request too many, is silence at once. */
  ask(instance: InstanceId, command: NgCommand): Promise<NgAnswer> {
    const asked = this.#sockets.has(instance)
      ? this.#client.request(this.#options.clock(), instance, command)
      : undefined;
    if (asked === undefined) return Promise.resolve({ kind: "silent" });
    const [request, output] = asked;
    const answer = new Promise<NgAnswer>((resolve) => this.#waiting.set(request, resolve));
    this.#underWay.add(answer);
    void answer.then(() => this.#underWay.delete(answer));
    this.#carryOut([output]);
    return answer;
  }

  /** Datagrams that were no answer to anything. */
  get strays(): number {
    return this.#client.strays;
  }

  /** Resolves when nothing is under way, and nothing follows from what was. */
  async idle(): Promise<void> {
    do {
      await Promise.all(this.#underWay);
      // What follows from an answer, or from a call that was just closed, is asked before the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#waiting.size > 0);
  }

  /** Closes every socket; whoever still waits is told that nothing came. */
  stop(): void {
    clearTimeout(this.#timer);
    for (const instance of [...this.#sockets.keys()]) this.remove(instance);
    for (const resolve of this.#waiting.values()) resolve({ kind: "silent" });
    this.#waiting.clear();
  }

  #carryOut(outputs: readonly ClientOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "send") {
        this.#sockets.get(output.instance)?.send(output.octets);
        continue;
      }
      if (output.kind === "answered") this.#options.onHeard(output.instance);
      else this.#options.onSilence(output.instance, output.since);
      const resolve = this.#waiting.get(output.request);
      this.#waiting.delete(output.request);
      resolve?.(output.kind === "answered" ? output.reply : { kind: "silent" });
    }
    this.#arm();
  }

  /** A timer that wakes too early finds nothing to do and is set again: cheaper than moving it with every answer. */
  #arm(): void {
    const deadline = this.#client.nextDeadline;
    if (deadline === undefined || deadline >= this.#wakes) return;
    clearTimeout(this.#timer);
    this.#wakes = deadline;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, Math.ceil(deadline - this.#options.clock())));
    this.#timer.unref();
  }

  #wake(): void {
    this.#wakes = Number.POSITIVE_INFINITY;
    this.#carryOut(this.#client.advance(this.#options.clock()));
  }
}
