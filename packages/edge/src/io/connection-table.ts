/** Connections by flow id, with a cap in all and by source: a stranger cannot use up the descriptors (threat L10). */
import type { Flow } from "../flow.ts";
import type { Connection } from "./connection.ts";

const MAX_CONNECTIONS = 20_000;
/** Several phones behind one address, with room for reconnecting. */
const MAX_PER_SOURCE = 256;

export class ConnectionTable {
  readonly #byFlow = new Map<string, Connection>();
  readonly #perSource = new Map<string, number>();
  #next = 1;

  get size(): number {
    return this.#byFlow.size;
  }

  /** Ids are never used twice: a late answer must not reach the next one who connects. */
  nextId(endpointId: string): string {
    return `${endpointId}#${this.#next++}`;
  }

  hasRoom(address: string): boolean {
    return this.#byFlow.size < MAX_CONNECTIONS && (this.#perSource.get(address) ?? 0) < MAX_PER_SOURCE;
  }

  get(flowId: string): Connection | undefined {
    return this.#byFlow.get(flowId);
  }

  add(flow: Flow, connection: Connection): void {
    const { address } = flow.packetSource;
    this.#byFlow.set(flow.id, connection);
    this.#perSource.set(address, (this.#perSource.get(address) ?? 0) + 1);
  }

  delete(flow: Flow): void {
    if (!this.#byFlow.delete(flow.id)) return;
    const { address } = flow.packetSource;
    const left = (this.#perSource.get(address) ?? 1) - 1;
    if (left > 0) this.#perSource.set(address, left);
    else this.#perSource.delete(address);
  }

  destroyAll(): void {
    for (const connection of this.#byFlow.values()) connection.destroy();
  }
}
