/** Where a scripted day is played, by whom: parties that talk and listen, in a world without sockets or around a Ringfence that runs. */
import type { Message, Request, Response } from "@ringfence/sip";
import type { Speaker } from "./sip-script.ts";

export interface Actor extends Speaker {
  /** Content-Length is written. */
  send(lines: readonly string[], body?: string): void;
  /** The next message that fits, now or when it comes; those before it are let pass. */
  hears<T extends Message>(fits: Fits<T>): Promise<T>;
  /** From now on. */
  behave(manners: Manners): void;
}

export type Fits<T extends Message> = (message: Message) => message is T;

/** What somebody answers without being told to; the script hears of the request too. Undefined: nothing. */
export type Manners = (request: Request) => readonly string[] | undefined;

export interface Stage {
  /** Hosts and ports as they stand in a URI: what carriers call, and what the PBX calls for its trunks. */
  readonly places: { readonly access: string; readonly trunks: string };
  phone(n: number): Actor;
  /** Over a connection, so that nobody can have forged its address. */
  stranger(n: number): Promise<Actor>;
  /** The hosts of the trunk, in the order of their priority. */
  carrier(n: 1 | 2): Actor;
  pbx(socket: "phones" | "trunks"): Actor;
  /** Nobody does anything for so long; where the clock is the world's own, nobody waits for it either. */
  pass(milliseconds: number): void;
  /** Until it is heard no more. */
  shutOut(stranger: Actor): Promise<void>;
}

export function request(method: string): Fits<Request> {
  return (message): message is Request => message.kind === "request" && message.method === method;
}

export function response(status: number, method = "INVITE", callId?: string): Fits<Response> {
  return (message): message is Response =>
    message.kind === "response" &&
    message.status === status &&
    message.cseq.method === method &&
    (callId === undefined || message.callId === callId);
}

/** What has arrived, and who waits for it. */
export class Inbox {
  #arrived: Message[] = [];
  #waiting: ((message: Message) => boolean) | undefined;

  take(message: Message): void {
    if (this.#waiting === undefined) this.#arrived.push(message);
    else if (this.#waiting(message)) this.#waiting = undefined;
  }

  hears<T extends Message>(fits: Fits<T>): Promise<T> {
    for (let next = this.#arrived.shift(); next !== undefined; next = this.#arrived.shift())
      if (fits(next)) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#waiting = (message) => {
        if (!fits(message)) return false;
        resolve(message);
        return true;
      };
    });
  }
}
