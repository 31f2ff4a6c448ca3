/**
 * Server-sent events. A browser that does not read fast enough is let go: it comes again by itself, and asks for what it missed. Nothing
 * waits for it meanwhile but what the kernel and 256 KiB hold.
 */
import type { ServerResponse } from "node:http";
import type { LiveEvents } from "../api/overview.ts";
import type { Live, Who } from "./handlers.ts";
import { ApiError } from "./problems.ts";

const mostStreams = 32;
const mostOfOne = 6;
const mostWaiting = 262_144;

export class LiveStreams {
  readonly #open = new Map<ServerResponse, { readonly name: string; readonly isGood: () => boolean }>();
  readonly #live: Live;

  constructor(live: Live) {
    this.#live = live;
  }

  /**
   * @param isGood the session or key that it was opened with still holds
   * @throws ApiError `too-many-streams`
   */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>, who: Who, isGood: () => boolean): void {
    const mine = [...this.#open.values()].filter(({ name }) => name === who.name).length;
    if (mine >= mostOfOne || this.#open.size >= mostStreams) {
      throw new ApiError(429, "too-many-streams", "too many streams are open", "Close another window.", 10);
    }
    this.#open.set(response, { name: who.name, isGood });
    response.writeHead(200, { ...headers, "content-type": "text/event-stream", "x-accel-buffering": "no" });
    const send = <E extends keyof LiveEvents>(event: E, data: LiveEvents[E]): void => {
      if (response.writableLength > mostWaiting) response.destroy();
      // JSON has no line ends of its own: one event stays one event.
      else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const stop = this.#live(who, send);
    response.on("close", () => {
      this.#open.delete(response);
      stop();
    });
    response.on("error", () => response.destroy());
  }

  get size(): number {
    return this.#open.size;
  }

  /** Ends those whose session or key is over. */
  sweep(): void {
    for (const [response, { isGood }] of [...this.#open]) if (!isGood()) end(response, "session");
  }

  close(): void {
    for (const response of [...this.#open.keys()]) end(response, "stopping");
  }
}

function end(response: ServerResponse, reason: LiveEvents["end"]["reason"]): void {
  response.end(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);
}
