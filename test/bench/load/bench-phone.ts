/** A phone over UDP that does what people do, for test/bench/overload.ts; crowds are load/crowd. */
import { createSocket } from "node:dgram";
import { audioAt, mediaOf } from "./carrier-calls.ts";
import type { Place } from "./phones.ts";

const domain = "bench.example.com";

/** Timer F in short: whoever is answered later has hung up. */
const WAIT_MS = 4_000;
/** RFC 3261 §17.1.1.2: T1, and twice as long each time. */
const AGAIN_MS = 500;
const nowhere: Place = { address: "127.0.0.2", port: 39_000 };

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
  readonly #local: Place;
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #acks = new Map<string, string>();
  #cseq = 1;

  private constructor(user: string, local: Place, write: (text: string) => void) {
    [this.user, this.#local, this.#write] = [user, local, write];
  }

  static async open(user: string, to: Place, address: string): Promise<BenchPhone> {
    let phone: BenchPhone | undefined;
    const lookup = ((host: string, _o: object, done: Found) => done(null, host, 4)) as never;
    const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000, lookup });
    socket.on("message", (bytes) => phone?.onText(bytes.toString("latin1")));
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    const write = (text: string): void => socket.send(Buffer.from(text, "latin1"), to.port, to.address);
    phone = new BenchPhone(user, { address, port: socket.address().port }, write);
    return phone;
  }

  onText(text: string): void {
    if (!text.startsWith("SIP/2.0 ") || text.startsWith("SIP/2.0 1")) return;
    const via = text.indexOf("branch=") + 7;
    const branch = text.slice(via, text.indexOf(";", via));
    const waiting = this.#waiting.get(branch);
    if (waiting !== undefined) return waiting({ status: Number(text.slice(8, 11)), text });
    const ack = this.#acks.get(branch);
    if (ack !== undefined) this.#write(ack);
  }

  async register(): Promise<boolean> {
    const branch = freshBranch();
    const to = `<sip:${this.user}@${domain}>`;
    const parts = { target: `sip:${domain}`, to, id: `reg-${this.user}-bench`, cseq: ++this.#cseq, branch };
    return (await this.#exchange(branch, this.#text("REGISTER", parts, ["Expires: 3600"])))?.status === 200;
  }

  async call(to = "600", voice = nowhere): Promise<UpCall | number | undefined> {
    const id = `c${++numbers}-${this.user}`;
    const uri = `sip:${to}@${domain}`;
    const branch = freshBranch();
    const cseq = ++this.#cseq;
    const parts = { target: uri, to: `<${uri}>`, id, cseq, branch };
    const invite = this.#text("INVITE", parts, ["Content-Type: application/sdp"], audioAt(voice));
    const answer = await this.#exchange(branch, invite);
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
    // A copy of the 200 is acknowledged again.
    this.#acks.set(branch, ack);
    return { id, to: at, target, media };
  }

  async hangUp({ id, to, target }: UpCall): Promise<boolean> {
    const branch = freshBranch();
    const bye = this.#text("BYE", { target, to, id, cseq: ++this.#cseq, branch });
    return (await this.#exchange(branch, bye))?.status === 200;
  }

  /** What is not answered is said again. */
  #exchange(branch: string, text: string): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(branch);
        resolve(answer);
      };
      const again = (after: number, left: number): void => {
        const wait = Math.min(after, left);
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

  #text(method: string, { target, to, id, cseq, branch }: Parts, more: readonly string[] = [], body = ""): string {
    const { address, port } = this.#local;
    const extra = more.length === 0 ? "" : `${more.join("\r\n")}\r\n`;
    return `${method} ${target} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${port};branch=${branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:${this.user}@${domain}>;tag=${id.slice(0, 12)}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:${this.user}@${address}:${port}>\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;
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

function freshBranch(): string {
  return `z9hG4bKask${++numbers}`;
}
