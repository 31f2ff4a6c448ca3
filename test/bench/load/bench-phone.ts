/** Phones over UDP, TCP and TLS and the PBX of test/bench/overload.ts, in the process of the generator: no timers but one a request. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { connect as secure } from "node:tls";
import { audioAt, mediaOf } from "./carrier-calls.ts";
import type { Place } from "./phones.ts";

export const transports = ["udp", "tcp", "tls"] as const;
export type Transport = (typeof transports)[number];
export const domain = "bench.example.com";

const WAIT_MS = 4_000;
const AGAIN_MS = 500;
const voice: Place = { address: "127.0.0.2", port: 39_000 };

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface UpCall {
  readonly id: string;
  readonly to: string;
  readonly target: string;
}

let numbers = 0;

function headerOf(text: string, name: string): string {
  const line = text.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? "" : line.slice(name.length + 1).trim();
}

export class BenchPhone {
  readonly user: string;
  readonly #transport: Transport;
  readonly #local: Place;
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<string, (answer: Answer | undefined) => void>();
  #cseq = 1;
  #last = "";

  private constructor(user: string, transport: Transport, local: Place, write: (text: string) => void) {
    [this.user, this.#transport, this.#local, this.#write] = [user, transport, local, write];
  }

  static async open(user: string, transport: Transport, to: Place, address: string): Promise<BenchPhone> {
    let phone: BenchPhone | undefined;
    const onText = (text: string): void => phone?.onText(text);
    if (transport === "udp") {
      const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
      socket.on("message", (bytes) => onText(bytes.toString("latin1")));
      await new Promise<void>((resolve) => socket.bind(0, address, resolve));
      const write = (text: string): void => socket.send(text, to.port, to.address);
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
        const whole = end + 4 + Number(headerOf(rest.slice(0, end), "Content-Length"));
        if (rest.length < whole) return;
        onText(rest.slice(0, whole));
        rest = rest.slice(whole);
      }
    });
    phone = new BenchPhone(user, transport, { address, port: plain.localPort ?? 0 }, (text) => void socket.write(text));
    return phone;
  }

  onText(text: string): void {
    if (!text.startsWith("SIP/2.0 ") || text.startsWith("SIP/2.0 1")) return;
    const via = text.indexOf("branch=") + 7;
    const branch = text.slice(via, text.indexOf(";", via));
    this.#waiting.get(branch)?.({ status: Number(text.slice(8, 11)), text });
  }

  register(): Promise<Answer | undefined> {
    const aor = `<sip:${this.user}@${domain}>`;
    return this.#ask("REGISTER", `sip:${domain}`, aor, `reg-${this.user}-bench`, ["Expires: 3600"]);
  }

  /** Of a method that opens no call. */
  ask(method: string): Promise<Answer | undefined> {
    const more = { MESSAGE: ["Content-Type: text/plain"], SUBSCRIBE: ["Event: presence", "Expires: 60"] }[method] ?? [];
    const to = method === "OPTIONS" ? `sip:${domain}` : `sip:600@${domain}`;
    return this.#ask(method, to, `<${to}>`, `m${++numbers}-${this.user}`, more, method === "MESSAGE" ? "hello" : "");
  }

  async call(): Promise<UpCall | number | undefined> {
    const id = `c${++numbers}-${this.user}`;
    const to = `sip:600@${domain}`;
    const answer = await this.#ask("INVITE", to, `<${to}>`, id, ["Content-Type: application/sdp"], audioAt(voice));
    if (answer?.status !== 200) return answer?.status;
    const contact = headerOf(answer.text, "Contact");
    const target = contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
    const call = { id, to: headerOf(answer.text, "To"), target };
    if (mediaOf(answer.text).port === 0) return undefined;
    this.#send("ACK", target, call.to, id, this.#cseq, []);
    return call;
  }

  async hangUp({ id, to, target }: UpCall): Promise<boolean> {
    return (await this.#ask("BYE", target, to, id, []))?.status === 200;
  }

  junk(): void {
    this.#write(`INVITE sip:${"x".repeat(300)} SIP/2.0\r\nVia: nothing\r\n\r\n`);
  }

  #ask(
    method: string,
    target: string,
    to: string,
    id: string,
    more: readonly string[],
    body = "",
  ): Promise<Answer | undefined> {
    const branch = this.#send(method, target, to, id, ++this.#cseq, more, body);
    const text = this.#last;
    // RFC 3261 §17.1.1.2: over UDP what is not answered is said again.
    const again = this.#transport === "udp" ? setInterval(() => this.#write(text), AGAIN_MS) : undefined;
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        clearTimeout(timer);
        clearInterval(again);
        this.#waiting.delete(branch);
        if (answer !== undefined && answer.status >= 300 && method === "INVITE") {
          this.#send("ACK", target, headerOf(answer.text, "To"), id, this.#cseq, [], "", branch);
        }
        resolve(answer);
      };
      const timer = setTimeout(done, WAIT_MS, undefined);
      this.#waiting.set(branch, done);
    });
  }

  #send(
    method: string,
    target: string,
    to: string,
    id: string,
    cseq: number,
    more: readonly string[],
    body = "",
    branch = `z9hG4bK${++numbers}${this.user}`,
  ): string {
    const { address, port } = this.#local;
    const via = `Via: SIP/2.0/${this.#transport.toUpperCase()} ${address}:${port};branch=${branch};rport`;
    const from = `From: <sip:${this.user}@${domain}>;tag=${id.slice(0, 12)}`;
    const contact = `Contact: <sip:${this.user}@${address}:${port};transport=${this.#transport}>`;
    const head = [`${method} ${target} SIP/2.0`, via, "Max-Forwards: 70", from, `To: ${to}`, `Call-ID: ${id}`];
    const tail = [`CSeq: ${cseq} ${method}`, contact, ...more, `Content-Length: ${body.length}`, "", body];
    this.#last = [...head, ...tail].join("\r\n");
    this.#write(this.#last);
    return branch;
  }
}

/** Says yes to everything, at once. */
export async function yesPbx(at: Place): Promise<void> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  const copied = ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"];
  socket.on("message", (bytes, from) => {
    const text = bytes.toString("latin1");
    const method = text.slice(0, text.indexOf(" "));
    if (method === "ACK" || method === "SIP/2.0") return;
    const head = text.split("\r\n").filter((line) => copied.includes(line.slice(0, line.indexOf(":"))));
    const named = head.map((line) => (line.startsWith("To:") && !line.includes("tag=") ? `${line};tag=pbx` : line));
    const contact = headerOf(text, "Contact").split(";expires=")[0];
    const own = `Contact: <sip:600@${at.address}:${at.port}>`;
    const more = method === "REGISTER" ? [`Contact: ${contact};expires=7200`] : [own];
    const body = method === "INVITE" ? audioAt({ address: at.address, port: 39_002 }) : "";
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const expires = method === "SUBSCRIBE" ? ["Expires: 60"] : [];
    const lines = [
      "SIP/2.0 200 OK",
      ...named,
      ...more,
      ...type,
      ...expires,
      `Content-Length: ${body.length}`,
      "",
      body,
    ];
    socket.send(lines.join("\r\n"), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
}
