/** Connections by flow id, with a cap in all and by source: a stranger cannot use up the descriptors (threat L10). */
import type { Flow } from "../flow.ts";
import type { CloseReason, ConnectionDeadlines } from "./close-reason.ts";
import type { Connection } from "./connection.ts";
import { Strangers } from "./strangers.ts";

const MAX_CONNECTIONS = 20_000;

export class ConnectionTable {
  readonly strangers = new Strangers();
  readonly #byFlow = new Map<string, Connection>();
  /** Holds no source without a connection, so it is bounded by the other map. */
  readonly #perSource = new Map<string, number>();
  #next = 1;

  get size(): number {
    return this.#byFlow.size;
  }

  /** Ids are never used twice: a late answer must not reach the next one who connects. */
  nextId(endpointId: string): string {
    return `${endpointId}#${this.#next++}`;
  }

  /** Why one more connection of this source is not taken, if it is not. */
  refusal(source: string, allowance: number): CloseReason | undefined {
    if (allowance === 0) return "source-rate";
    if (this.#byFlow.size >= MAX_CONNECTIONS) return "table-full";
    return (this.#perSource.get(source) ?? 0) >= allowance ? "source-full" : undefined;
  }

  get(flowId: string): Connection | undefined {
    return this.#byFlow.get(flowId);
  }

  add(connection: Connection): void {
    const { flow, source } = connection;
    this.#byFlow.set(flow.id, connection);
    this.strangers.consider(connection, false);
    this.#perSource.set(source, (this.#perSource.get(source) ?? 0) + 1);
  }

  /** Only the connection that holds the id: an outbound flow has one id over reconnects. */
  delete(connection: Connection): void {
    const { flow, source } = connection;
    if (this.#byFlow.get(flow.id) !== connection) return;
    this.#byFlow.delete(flow.id);
    this.strangers.leave(connection);
    const left = (this.#perSource.get(source) ?? 1) - 1;
    if (left > 0) this.#perSource.set(source, left);
    else this.#perSource.delete(source);
  }

  /** The one clock of all connections: no timer each. */
  sweep(deadlines: ConnectionDeadlines, kept: (flowId: string) => boolean): void {
    const now = performance.now();
    for (const [flowId, connection] of this.#byFlow) {
      const known = kept(flowId);
      this.strangers.consider(connection, known);
      connection.judge(now, deadlines, known);
    }
  }

  /** What is not taken any more ends as soon as nothing on it stands. */
  judge(takes: (flow: Flow) => boolean): void {
    for (const connection of this.#byFlow.values()) connection.isForbidden = !takes(connection.flow);
  }

  destroyAll(): void {
    for (const connection of this.#byFlow.values()) connection.cut("ours");
  }
}
