/** Parties of a scripted day with sockets of their own: over UDP they repeat what is not answered, as RFC 3261 §17.1 has it. */
import type { Socket } from "node:net";
import type { Flow } from "@ringfence/edge";
import { type Message, parseMessage } from "@ringfence/sip";
import { type Actor, type Fits, Inbox, type Manners } from "./stage.ts";
import type { UdpHost } from "./udp-host.ts";

interface Place {
  readonly address: string;
  readonly port: number;
}

export const silent: Manners = () => undefined;

/** Timer A and E: twice as long each time, up to T2. */
const [firstWait, longestWait] = [500, 4_000];

export class SocketActor implements Actor {
  readonly flow: Pick<Flow, "packetSource" | "transport">;
  readonly host: UdpHost;
  readonly peer: Place;
  readonly #inbox = new Inbox();
  readonly #heard = new Set<string>();
  /** By branch: requests that nobody has answered. */
  readonly #unanswered = new Map<string, NodeJS.Timeout>();
  #manners: Manners;

  constructor(host: UdpHost, peer: Place, manners: Manners) {
    this.host = host;
    this.peer = peer;
    this.#manners = manners;
    this.flow = { transport: "udp", packetSource: { address: host.address, port: host.port } };
  }

  send(lines: readonly string[], body = ""): void {
    const octets = octetsOf(lines, body);
    const branch = branchOf(lines.join("\r\n"));
    this.#put(octets);
    const [first = ""] = lines;
    if (!first.startsWith("SIP/2.0 ") && !first.startsWith("ACK ")) this.#repeat(branch, octets, firstWait);
  }

  hears<T extends Message>(fits: Fits<T>): Promise<T> {
    return this.#inbox.hears(fits);
  }

  behave(manners: Manners): void {
    this.#manners = manners;
  }

  close(): void {
    for (const timer of this.#unanswered.values()) clearTimeout(timer);
    this.#unanswered.clear();
  }

  /** A repetition is the same text again. */
  take(bytes: Buffer): void {
    const text = bytes.toString("latin1");
    const message = parseMessage(bytes, "datagram");
    if (message.kind === "failure" || this.#heard.has(text)) return;
    this.#heard.add(text);
    if (message.kind === "response") this.#answered(branchOf(text));
    this.#inbox.take(message);
    const said = message.kind === "request" ? this.#manners(message) : undefined;
    if (said !== undefined) this.send(said);
  }

  #repeat(branch: string, octets: Buffer, wait: number): void {
    const again = (): void => {
      this.#put(octets);
      this.#repeat(branch, octets, Math.min(2 * wait, longestWait));
    };
    this.#unanswered.set(branch, setTimeout(again, wait).unref());
  }

  #answered(branch: string): void {
    clearTimeout(this.#unanswered.get(branch));
    this.#unanswered.delete(branch);
  }

  #put(octets: Buffer): void {
    void this.host.send(octets, this.peer.port, this.peer.address);
  }
}

function branchOf(text: string): string {
  return text.split(";branch=")[1]?.split(/[;,\r]/)[0] ?? "";
}

/** Over TCP. It is sent refusals alone, which have no body. */
export class StrangerActor implements Actor {
  readonly flow: Pick<Flow, "packetSource" | "transport">;
  /** It was hung up on. */
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  #unread = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    const { localAddress = "", localPort = 0 } = socket;
    this.flow = { transport: "tcp", packetSource: { address: localAddress, port: localPort } };
    this.gone = new Promise((resolve) => socket.on("close", () => resolve()));
    // Whoever talks on to one who hung up is told so.
    socket.on("error", () => undefined).on("data", (bytes) => this.#take(bytes));
  }

  send(lines: readonly string[], body = ""): void {
    if (this.#socket.writable) this.#socket.write(octetsOf(lines, body));
  }

  hears<T extends Message>(fits: Fits<T>): Promise<T> {
    return this.#inbox.hears(fits);
  }

  /** Nobody asks it anything. */
  behave(): void {}

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const texts = `${this.#unread}${bytes.toString("latin1")}`.split("\r\n\r\n");
    this.#unread = texts.pop() ?? "";
    for (const text of texts) {
      const message = parseMessage(Buffer.from(`${text}\r\n\r\n`, "latin1"), "datagram");
      if (message.kind !== "failure") this.#inbox.take(message);
    }
  }
}

function octetsOf(lines: readonly string[], body: string): Buffer {
  const head = [...lines, `Content-Length: ${Buffer.byteLength(body, "latin1")}`].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${body}`, "latin1");
}
