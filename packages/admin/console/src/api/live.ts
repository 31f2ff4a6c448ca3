/** What happens while one looks on: server-sent events, and whether they are coming. */
import type { LiveEvents } from "../../../src/api/overview.ts";
import { addressOf } from "./questions.ts";

const kinds = ["tick", "line", "skipped", "call", "alert", "end"] as const satisfies readonly (keyof LiveEvents)[];
export type LiveKind = keyof LiveEvents;

/** `waiting`: the connection is being made, or made again. */
export type LiveState = "live" | "waiting" | "ended";

type Listener = (data: unknown) => void;

export class Live {
  readonly #source = new EventSource(addressOf("/events", {}));
  readonly #listeners = new Map<LiveKind, Set<Listener>>();
  readonly #watchers = new Set<() => void>();
  state: LiveState = "waiting";

  /** @param onEnd the server will not be asked again: it refused, which it does when the session has ended */
  constructor(onEnd: () => void) {
    this.#source.addEventListener("open", () => this.#is("live"));
    this.#source.addEventListener("error", () => {
      const ended = this.#source.readyState === EventSource.CLOSED;
      this.#is(ended ? "ended" : "waiting");
      if (ended) onEnd();
    });
    for (const kind of kinds) {
      this.#source.addEventListener(kind, ({ data }: MessageEvent<string>) => this.#tell(kind, data));
    }
    this.on("end", ({ reason }) => {
      if (reason === "session") onEnd();
    });
  }

  /** @returns what calls it off */
  on<K extends LiveKind>(kind: K, listener: (data: LiveEvents[K]) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    // Told only what the server sent under this name.
    const known = listener as Listener;
    listeners.add(known);
    return () => listeners.delete(known);
  }

  /** Told of every change of `state`. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    this.#source.close();
  }

  #is(state: LiveState): void {
    this.state = state;
    for (const watcher of this.#watchers) watcher();
  }

  #tell(kind: LiveKind, text: string): void {
    const data: unknown = JSON.parse(text);
    for (const listener of this.#listeners.get(kind) ?? []) listener(data);
  }
}
