/** A phone of test/bench/overload.ts over UDP, TCP or TLS, in the process of the generator: what it sends in a flood costs no timer and no promise. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { connect as secure } from "node:tls";
import { audioAt, mediaOf } from "./carrier-calls.ts";
import type { Place } from "./phones.ts";

export const transports = ["udp", "tcp", "tls"] as const;
export type Transport = (typeof transports)[number];
const domain = "bench.example.com";

/** Timer F in short: whoever is answered later has hung up. */
const WAIT_MS = 4_000;
/** RFC 3261 §17.1.1.2: T1, and twice as long each time. */
const AGAIN_MS = 500;
const nowhere: Place = { address: "127.0.0.2", port: 39_000 };
/** Copies of a 200 are acknowledged again, of so many calls. */
const MAX_ACKS = 5_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface UpCall {
  readonly id: string;
  readonly to: string;
  readonly target: string;
  /** Where the relay listens for the phone. */
  readonly media: Place;
}

let numbers = 0;

export function headerOf(text: string, name: string): string {
  const line = text.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? "" : line.slice(name.length + 1).trim();
}

export class BenchPhone {
  readonly user: string;
  /** Requests that were shot and answered with 200. */
  hits = 0;
  readonly #transport: Transport;
  readonly #local: Place;
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #acks = new Map<string, string>();
  #cseq = 1;

  private constructor(user: string, transport: Transport, local: Place, write: (text: string) => void) {
    [this.user, this.#transport, this.#local, this.#write] = [user, transport, local, write];
  }

  static async open(user: string, transport: Transport, to: Place, address: string): Promise<BenchPhone> {
    let phone: BenchPhone | undefined;
    const onText = (text: string): void => phone?.onText(text);
    if (transport === "udp") {
      const lookup = ((host: string, _o: object, done: Found) => done(null, host, 4)) as never;
      const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000, lookup });
      socket.on("message", (bytes) => onText(bytes.toString("latin1")));
      await new Promise<void>((resolve) => socket.bind(0, address, resolve));
      const write = (text: string): void => socket.send(Buffer.from(text, "latin1"), to.port, to.address);
      phone = new BenchPhone(user, transport, { address, port: socket.address().port }, write);
      return phone;
    }
    const plain = connect({ host: to.address, port: to.port, localAddress: address });
    const socket = transport === "tcp" ? plain : secure({ socket: plain, rejectUnauthorized: false });
    await new Promise((resolve, reject) =>
      socket.once(transport === "tcp" ? "connect" : "secureConnect", resolve).once("error", reject),
    );
    socket.on("error", () => {});
    let rest = "";
    socket.on("data", (bytes: Buffer) => {
      rest += bytes.toString("latin1");
      // Answers here have a body at most of their Content-Length, which is their last field.
      for (let end = rest.indexOf("\r\n\r\n"); end >= 0; end = rest.indexOf("\r\n\r\n")) {
        const length = rest.slice(rest.lastIndexOf("\r\n", end - 1) + 2, end);
        const whole = end + 4 + Number(length.slice(length.indexOf(":") + 1));
        if (rest.length < whole) return;
        onText(rest.slice(0, whole));
        rest = rest.slice(whole);
      }
    });
    // What is written in one turn leaves as one: the generator must not be what is measured.
    const write = (text: string): void => {
      if (socket.writableLength === 0) {
        socket.cork();
        process.nextTick(() => socket.uncork());
      }
      socket.write(text, "latin1");
    };
    phone = new BenchPhone(user, transport, { address, port: plain.localPort ?? 0 }, write);
    return phone;
  }

  onText(text: string): void {
    if (!text.startsWith("SIP/2.0 ") || text.startsWith("SIP/2.0 1")) return;
    const via = text.indexOf("branch=") + 7;
    const branch = text.slice(via, text.indexOf(";", via));
    if (branch.startsWith(shot)) {
      if (text.startsWith("SIP/2.0 200")) this.hits++;
      return;
    }
    const waiting = this.#waiting.get(branch);
    if (waiting !== undefined) return waiting({ status: Number(text.slice(8, 11)), text });
    const ack = this.#acks.get(branch);
    if (ack !== undefined) this.#write(ack);
  }

  /** Sent once; what comes of it is counted in `hits`. */
  shoot(method: string): void {
    this.#write(this.#request(method, `${shot}${++numbers}`));
  }

  async ask(method: string, insists: boolean): Promise<boolean> {
    const branch = freshBranch();
    return (await this.#exchange(branch, this.#request(method, branch), insists))?.status === 200;
  }

  async call(insists: boolean, to = "600", voice = nowhere): Promise<UpCall | number | undefined> {
    const id = `c${++numbers}-${this.user}`;
    const uri = `sip:${to}@${domain}`;
    const branch = freshBranch();
    const cseq = ++this.#cseq;
    const parts = { target: uri, to: `<${uri}>`, id, cseq, branch };
    const invite = this.#text("INVITE", parts, ["Content-Type: application/sdp"], audioAt(voice));
    const answer = await this.#exchange(branch, invite, insists);
    if (answer === undefined) return undefined;
    const at = headerOf(answer.text, "To");
    if (answer.status !== 200) {
      this.#write(this.#text("ACK", { ...parts, to: at }));
      return answer.status;
    }
    const contact = headerOf(answer.text, "Contact");
    const target = contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
    const media = mediaOf(answer.text);
    const ack = this.#text("ACK", { target, to: at, id, cseq, branch: freshBranch() });
    this.#write(ack);
    this.#acks.set(branch, ack);
    if (this.#acks.size > MAX_ACKS)
      for (const oldest of this.#acks.keys()) return this.#forget(oldest, { id, to: at, target, media });
    return { id, to: at, target, media };
  }

  async hangUp({ id, to, target }: UpCall): Promise<boolean> {
    const branch = freshBranch();
    const bye = this.#text("BYE", { target, to, id, cseq: ++this.#cseq, branch });
    return (await this.#exchange(branch, bye, true))?.status === 200;
  }

  junk(): void {
    this.#write(`INVITE sip:${"x".repeat(300)} SIP/2.0\r\nVia: nothing\r\n\r\n`);
  }

  #forget(branch: string, call: UpCall): UpCall {
    this.#acks.delete(branch);
    return call;
  }

  /** @param insists over UDP what is not answered is said again */
  #exchange(branch: string, text: string, insists: boolean): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(branch);
        resolve(answer);
      };
      const again = (after: number, left: number): void => {
        const wait = insists && this.#transport === "udp" ? Math.min(after, left) : left;
        timer = setTimeout(() => {
          if (left <= wait) return done(undefined);
          this.#write(text);
          again(2 * after, left - wait);
        }, wait);
      };
      this.#waiting.set(branch, done);
      this.#write(text);
      again(AGAIN_MS, WAIT_MS);
    });
  }

  /** Of a method that opens no call. */
  #request(method: string, branch: string): string {
    const { user } = this;
    const cseq = ++this.#cseq;
    if (method === "REGISTER") {
      const to = `<sip:${user}@${domain}>`;
      return this.#text(method, { target: `sip:${domain}`, to, id: `reg-${user}-bench`, cseq, branch }, [
        "Expires: 3600",
      ]);
    }
    const uri = method === "OPTIONS" ? `sip:${domain}` : `sip:600@${domain}`;
    const parts = { target: uri, to: `<${uri}>`, id: `m${++numbers}-${user}`, cseq, branch };
    if (method === "MESSAGE") return this.#text(method, parts, ["Content-Type: text/plain"], "hello");
    return this.#text(method, parts, method === "SUBSCRIBE" ? ["Event: presence", "Expires: 60"] : []);
  }

  #text(method: string, { target, to, id, cseq, branch }: Parts, more: readonly string[] = [], body = ""): string {
    const { address, port } = this.#local;
    const extra = more.length === 0 ? "" : `${more.join("\r\n")}\r\n`;
    return `${method} ${target} SIP/2.0\r\nVia: SIP/2.0/${this.#transport.toUpperCase()} ${address}:${port};branch=${branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:${this.user}@${domain}>;tag=${id.slice(0, 12)}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:${this.user}@${address}:${port};transport=${this.#transport}>\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;
  }
}

interface Parts {
  readonly target: string;
  readonly to: string;
  readonly id: string;
  readonly cseq: number;
  readonly branch: string;
}

type Found = (error: null, address: string, family: number) => void;

const shot = "z9hG4bKshot";

function freshBranch(): string {
  return `z9hG4bKask${++numbers}`;
}
