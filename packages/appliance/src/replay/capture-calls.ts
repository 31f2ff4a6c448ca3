/**
 * The calls of a capture: INVITEs that begin one, once each, sent to us. What Ringfence itself sends is the other leg of a call that
 * is there already. TLS cannot be read, and what a capture left out is counted.
 */
import { type Config, PrefixSet, parseCidr } from "@ringfence/policy";
import { type Message, parseMessage, type Request, type Response, type Uri } from "@ringfence/sip";
import { idle } from "../explain-call.ts";
import { type CaptureFailure, CaptureReader } from "./pcap/capture-reader.ts";
import { type Packet, readPacket, type Unread } from "./pcap/packet.ts";
import { looksLikeSip, TcpStreams } from "./pcap/tcp-streams.ts";
import type { RecordedCall } from "./recorded-call.ts";

/** Calls and places that are remembered: the oldest makes room. */
const MOST = 100_000;
/** Towards the PBX when the file names none (docs/configuration.md). */
const defaultPorts = { phones: 5070, trunks: 5080 };

export interface CaptureFigures {
  packets: number;
  readonly unread: Record<Unread, number>;
  gaps: number;
  /** A record had an impossible length: nothing behind it was read. */
  stopped: boolean;
  /** Octets at the end that are no whole record. */
  cutOff: number;
  /** Accounts that are not known by a registration in the capture, but by From. */
  assumed: number;
}

export class CaptureCalls {
  readonly #reader = new CaptureReader();
  readonly #streams = new TcpStreams();
  readonly #site: Site;
  /** Places that requests were sent to, from outside: ours. */
  readonly #own = new Set<string>();
  readonly #accounts = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly figures: CaptureFigures = {
    packets: 0,
    unread: { "link-type": 0, cut: 0, fragment: 0, broken: 0, other: 0 },
    gaps: 0,
    stopped: false,
    cutOff: 0,
    assumed: 0,
  };

  /** @param configs say where the PBX is and which ports are ours */
  constructor(configs: readonly Config[]) {
    this.#site = siteOf(configs);
  }

  push(chunk: Uint8Array): { readonly calls: readonly RecordedCall[]; readonly failure: CaptureFailure | undefined } {
    const { frames, failure } = this.#reader.push(chunk);
    const calls: RecordedCall[] = [];
    for (const frame of frames) {
      this.figures.packets += 1;
      const packet = readPacket(frame);
      if (typeof packet === "string") this.figures.unread[packet] += 1;
      else for (const bytes of this.#messages(packet)) this.#message(packet, bytes, calls);
    }
    this.figures.gaps = this.#streams.gaps;
    this.figures.stopped = failure !== undefined;
    this.figures.cutOff = this.#reader.held;
    return { calls, failure };
  }

  #messages(packet: Packet): readonly Uint8Array[] {
    if (packet.protocol === "tcp") return this.#streams.push(packet);
    return looksLikeSip(packet.payload) ? [packet.payload] : [];
  }

  #message(packet: Packet, bytes: Uint8Array, calls: RecordedCall[]): void {
    const message: Message | { readonly kind: "failure" } = parseMessage(
      bytes,
      packet.protocol === "udp" ? "datagram" : "stream",
    );
    if (message.kind === "response") this.#response(packet, message);
    if (message.kind !== "request" || !this.#isToUs(packet)) return;
    remember(this.#own, placeOf(packet, "destination"));
    if (message.method !== "INVITE" || message.to.tag !== undefined) return;
    const call = `${message.callId} ${message.from.tag ?? ""}`;
    if (this.#seen.has(call)) return;
    remember(this.#seen, call);
    calls.push(this.#call(packet, message));
  }

  /** Its 2xx says who is registered there. */
  #response(packet: Packet, { status, cseq, to }: Response): void {
    if (status < 200 || status > 299 || cseq.method !== "REGISTER" || this.#site.isPbx(packet.source)) return;
    const user = userIn(to.uri);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= MOST && oldest !== undefined) this.#accounts.delete(oldest);
    if (user !== undefined) this.#accounts.set(placeOf(packet, "destination"), user);
  }

  #isToUs(packet: Packet): boolean {
    if (this.#site.isPbx(packet.destination)) {
      remember(this.#own, placeOf(packet, "source"));
      return false;
    }
    return this.#site.ports.has(packet.destinationPort) && !this.#own.has(placeOf(packet, "source"));
  }

  #call(packet: Packet, request: Request): RecordedCall {
    const fromPbx = this.#site.isPbx(packet.source);
    const registered = this.#accounts.get(placeOf(packet, "source"));
    if (!fromPbx && registered === undefined) this.figures.assumed += 1;
    return {
      at: packet.at,
      source: packet.source,
      transport: packet.protocol,
      sender: !fromPbx ? "outside" : this.#site.carrierPorts.has(packet.destinationPort) ? "pbx-out" : "pbx",
      account: registered ?? userIn(request.from.uri),
      target: request.requestUri.raw,
      size: request.size,
      headerCount: request.headers.size,
      load: idle,
      was: undefined,
    };
  }
}

interface Site {
  isPbx(address: string): boolean;
  readonly ports: ReadonlySet<number>;
  /** Where the PBX sends calls for carriers. */
  readonly carrierPorts: ReadonlySet<number>;
}

function siteOf(configs: readonly Config[]): Site {
  const nodes = configs.flatMap(({ pbx }) => pbx.nodes).map(({ host }) => parseCidr(host));
  const pbx = new PrefixSet(nodes.filter((block) => typeof block !== "string"));
  const carrierPorts = new Set(configs.map(({ core }) => core.trunksFrom?.port ?? defaultPorts.trunks));
  const listeners = configs.flatMap(({ phones, trunks }) => [
    ...phones.listen,
    ...trunks.flatMap(({ listen }) => listen),
  ]);
  const phonePorts = configs.map(({ core }) => core.phonesFrom?.port ?? defaultPorts.phones);
  return {
    isPbx: (address) => pbx.has(address),
    ports: new Set([...carrierPorts, ...phonePorts, ...listeners.map(({ port }) => port)]),
    carrierPorts,
  };
}

function placeOf(packet: Packet, end: "source" | "destination"): string {
  return end === "source" ? `${packet.source} ${packet.sourcePort}` : `${packet.destination} ${packet.destinationPort}`;
}

function remember(set: Set<string>, value: string): void {
  const [oldest] = set;
  if (set.size >= MOST && oldest !== undefined) set.delete(oldest);
  set.add(value);
}

function userIn(uri: Uri): string | undefined {
  return uri.kind === "sip" ? uri.user : uri.kind === "tel" ? uri.number : undefined;
}
