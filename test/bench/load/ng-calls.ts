/** Calls as rtpengine is told of them: one command of `ng` a datagram, a cookie, a space, a dictionary in bencode; answered the same way. */
import { createSocket, type Socket } from "node:dgram";
import { type CallControl, mediaOf, type RelayPlaces } from "./carrier-calls.ts";
import type { Place } from "./phones.ts";

type Value = string | readonly string[];

const ANSWER_MS = 5_000;
let cookies = 0;

export class NgCalls implements CallControl {
  readonly #control: Place;
  readonly #socket: Socket = createSocket("udp4");
  readonly #interfaces: readonly string[] | undefined;
  readonly #waiting = new Map<string, (answer: string) => void>();

  /** @param interfaces the names of the phone's and of the PBX's; undefined: it has one */
  constructor(control: Place, interfaces?: readonly [string, string]) {
    this.#control = control;
    this.#interfaces = interfaces;
    this.#socket.on("message", (bytes) => {
      const [cookie = "", ...rest] = bytes.toString("latin1").split(" ");
      this.#waiting.get(cookie)?.(rest.join(" "));
    });
  }

  async exchange(number: number, offer: string, answer: string): Promise<RelayPlaces> {
    const about = { "call-id": `bench-${number}`, "from-tag": "phone", ICE: "remove" };
    const direction = this.#interfaces && { direction: this.#interfaces };
    const plain = { "transport-protocol": "RTP/AVP" };
    const toPbx = await this.#ask({ ...about, ...direction, ...plain, command: "offer", sdp: offer });
    const toPhone = await this.#ask({ ...about, command: "answer", "to-tag": "pbx", sdp: answer });
    return { phone: mediaOf(toPhone), pbx: mediaOf(toPbx) };
  }

  async hangUp(number: number): Promise<boolean> {
    const answer = await this.#ask({ command: "delete", "call-id": `bench-${number}`, "from-tag": "phone" });
    return answer.includes("6:result2:ok");
  }

  /** Whether it is there. */
  async ping(): Promise<boolean> {
    const answer = await this.#ask({ command: "ping" }).catch(() => "");
    return answer.includes("pong");
  }

  close(): void {
    this.#socket.close();
  }

  #ask(command: Readonly<Record<string, Value>>): Promise<string> {
    const cookie = `bench${cookies++}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("rtpengine does not answer")), ANSWER_MS);
      this.#waiting.set(cookie, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(cookie);
        resolve(answer);
      });
      const text = Object.entries(command).map(([key, value]) => `${bencoded(key)}${bencoded(value)}`);
      this.#socket.send(`${cookie} d${text.join("")}e`, this.#control.port, this.#control.address);
    });
  }
}

function bencoded(value: Value): string {
  if (typeof value === "string") return `${Buffer.byteLength(value)}:${value}`;
  return `l${value.map(bencoded).join("")}e`;
}
