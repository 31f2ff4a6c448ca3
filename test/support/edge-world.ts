/**
 * The edge's core with scripted parties around it: a phone, a carrier and a PBX that send text and read text, a media
 * relay that marks what passed it, and a clock that moves when told to. No sockets, no sleeps.
 */
import { type CredentialAnswer, EdgeCore, type Flow, type Input, type MediaResult, type Output } from "@ringfence/edge";
import { type Message, parseMessage, type Request, type Response } from "@ringfence/sip";
import { type CoreSettings, settingsOf } from "./edge-settings.ts";
import { endpoints, type WorldOptions } from "./edge-site.ts";
import { seededBytes } from "./seeded-random.ts";

export { pbxTime, phoneDomain, type WorldOptions } from "./edge-site.ts";

type FraudQuestion = Extract<Output, { kind: "fraud-ask" }>["question"];

export interface Sent {
  readonly flow: Flow;
  readonly text: string;
  readonly message: Message;
  readonly at: number;
}

/** A transport association of a party with us. */
export class Party {
  readonly flow: Flow;
  /** What we sent to it and it has not read yet. */
  readonly inbox: Sent[] = [];
  readonly #world: EdgeWorld;

  constructor(world: EdgeWorld, flow: Flow) {
    this.#world = world;
    this.flow = flow;
  }

  /** Lines are joined with CRLF; Content-Length is written. */
  send(lines: readonly string[], body = ""): void {
    const head = [...lines, `Content-Length: ${Buffer.byteLength(body, "latin1")}`].join("\r\n");
    this.sendRaw(Buffer.from(`${head}\r\n\r\n${body}`, "latin1"));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#world.feed({ kind: "message", flow: this.flow, bytes });
  }

  /** The next message we sent to it, which must be there. */
  next(): Sent {
    const sent = this.inbox.shift();
    if (sent === undefined) throw new Error("nothing was sent to this party");
    return sent;
  }

  request(method: string): Sent & { readonly message: Request } {
    const sent = this.next();
    if (sent.message.kind !== "request" || sent.message.method !== method)
      throw new Error(`not a ${method}: ${sent.text}`);
    return { ...sent, message: sent.message };
  }

  response(status: number): Sent & { readonly message: Response } {
    const sent = this.next();
    if (sent.message.kind !== "response" || sent.message.status !== status)
      throw new Error(`not a ${status}: ${sent.text}`);
    return { ...sent, message: sent.message };
  }
}

export class EdgeWorld {
  readonly core: EdgeCore;
  readonly #parties = new Map<string, Party>();
  /** Outputs other than messages, in order. */
  readonly outputs: Output[] = [];
  now = 1_000_000;
  /** What the media relay says; by default the SDP with a mark of the leg it goes to. */
  media: (kind: "offer" | "answer", from: "a" | "b", sdp: string) => MediaResult = (_kind, from, sdp) => ({
    ok: true,
    sdp: Buffer.from(
      `v=0\r\ns=anchored-for-${from === "a" ? "b" : "a"}\r\n${sdp.includes("hold") ? "a=hold\r\n" : ""}`,
    ),
  });

  /** What a fetch of that URL brings; undefined: nothing yet. */
  credentials: (url: string) => CredentialAnswer | undefined = () => undefined;

  /** What the fraud service says; undefined: nothing yet. */
  fraud: (question: FraudQuestion) => string | undefined = () => undefined;

  constructor(config = "", options: WorldOptions = {}) {
    this.core = new EdgeCore(settingsOf(config, options), seededBytes(1), options.secret);
    this.core.wallClock(Date.now() - this.now);
    // As the edge does once its sockets are open: what carriers are owed begins now.
    this.feed({ kind: "time" });
  }

  /** A reload: these settings from now on. */
  apply(options: WorldOptions, password?: string): void {
    this.core.reconfigure(this.settingsWith(options, password));
    this.feed({ kind: "time" });
  }

  /** A reload to the end: what stands is judged by it. */
  reload(config: string, options: WorldOptions = {}): ReturnType<EdgeCore["judgeStanding"]> {
    this.core.reconfigure(settingsOf(config, options));
    const judgement = this.core.judgeStanding(this.now);
    this.feed({ kind: "time" });
    return judgement;
  }

  settingsWith(options: WorldOptions, password?: string): CoreSettings {
    return settingsOf("", options, password);
  }

  phone(address = "192.0.2.10", port = 40_000, transport: "udp" | "tls" = "udp"): Party {
    const at = endpoints[transport];
    const id = transport === "udp" ? `${at.id}|${address}|${port}` : `${at.id}#${address}:${port}`;
    return this.#party({
      id,
      reliable: transport !== "udp",
      packetSource: { address, port },
      endpoint: at,
      transport,
      side: "phone",
    });
  }

  pbx(socket: "phones" | "trunks" = "phones", address = "10.0.0.5"): Party {
    const at = socket === "phones" ? endpoints.corePhones : endpoints.coreTrunks;
    const packetSource = { address, port: 5060 };
    return this.#party({
      id: `${at.id}|${address}|5060`,
      reliable: false,
      packetSource,
      endpoint: at,
      transport: "udp",
      side: "core",
    });
  }

  carrier(address = "198.51.100.7", trunk = "carrier"): Party {
    const packetSource = { address, port: 5060 };
    return this.#party({
      id: `${endpoints.udp.id}|${address}|5060`,
      reliable: false,
      packetSource,
      endpoint: endpoints.udp,
      transport: "udp",
      side: "trunk",
      trunk,
    });
  }

  /** Somebody on a transport association that a test made. */
  on(flow: Flow): Party {
    return this.#party(flow);
  }

  #party(flow: Flow): Party {
    const known = this.#parties.get(flow.id);
    if (known !== undefined) return known;
    const party = new Party(this, flow);
    this.#parties.set(flow.id, party);
    return party;
  }

  /** The media relay takes its time: results wait for `release`, one at a call. */
  hold = false;
  readonly #held: (() => void)[] = [];

  release(): void {
    this.#held.shift()?.();
  }

  readonly #queue: Input[] = [];
  #feeding = false;

  /** As the driver does it: what comes while outputs are carried out waits in line. */
  feed(input: Input): void {
    this.#queue.push(input);
    if (this.#feeding) return;
    this.#feeding = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (const output of this.core.handle(this.now, next)) this.#carryOut(output);
      }
    } finally {
      this.#feeding = false;
    }
  }

  /** Lets time pass, firing what falls due on the way. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let at = this.core.nextDeadline(); at !== undefined && at <= end; at = this.core.nextDeadline()) {
      this.now = Math.max(this.now, at);
      this.feed({ kind: "time" });
    }
    this.now = end;
  }

  events(name: string) {
    return this.outputs.flatMap((o) => (o.kind === "event" && o.event.event === name ? [o.event] : []));
  }

  /** Answers to requests too broken for a whole answer. */
  readonly partial: string[] = [];
  /** Every message ever sent, to whomever. */
  readonly sent: Sent[] = [];

  #carryOut(output: Output): void {
    this.outputs.push(output);
    // A keep-alive is no message.
    if (output.kind === "send" && output.bytes.length === 4) return;
    if (output.kind === "send") {
      const message = parseMessage(output.bytes, "datagram");
      const text = Buffer.from(output.bytes).toString("latin1");
      // What lacks From, To or Call-ID is answered without them: the 400 cannot be a whole message either.
      if (message.kind === "failure" && /^SIP\/2.0 (4|505)/.test(text)) {
        this.partial.push(text);
        return;
      }
      if (message.kind === "failure") throw new Error(`we sent what we cannot read (${message.code}): ${text}`);
      const flow = output.flow as Flow;
      const sent: Sent = { flow, text, message, at: this.now };
      this.sent.push(sent);
      this.#party(flow).inbox.push(sent);
    }
    if (output.kind === "event" && output.event.event === "bug") throw new Error(output.event.detail);
    if (output.kind === "credential-fetch") {
      const answer = this.credentials(output.place.url);
      if (answer !== undefined) this.feed({ kind: "credential", url: output.place.url, answer });
    }
    if (output.kind === "fraud-ask") {
      const text = this.fraud(output.question);
      if (text !== undefined) this.feed({ kind: "fraud-answer", call: output.call, text });
    }
    if (output.kind === "media-offer" || output.kind === "media-answer") {
      const kind = output.kind === "media-offer" ? "offer" : "answer";
      const { call, turn } = output;
      const result = this.media(kind, output.from, Buffer.from(output.sdp).toString("latin1"));
      const done = (): void => this.feed({ kind: "media-result", call, turn, result });
      if (this.hold) this.#held.push(done);
      else done();
    }
  }
}
