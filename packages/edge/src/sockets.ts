/** The open sockets by endpoint. A reload opens what is new before anything changes, and closes what is old afterwards. */
import { usesTls } from "@ringfence/policy";
import { type Endpoint, type Flow, isOutside } from "./flow.ts";
import type { ConnectionDeadlines } from "./io/close-reason.ts";
import { ConnectionTable } from "./io/connection-table.ts";
import { Handshakes } from "./io/handshakes.ts";
import type { Receiver } from "./io/listener.ts";
import { datagramsAddon, openNativeUdp } from "./io/native-udp.ts";
import { openOutbound, openStream, type StreamListener } from "./io/stream.ts";
import { type CertificateSource, checkTls } from "./io/tls-door.ts";
import { openUdp } from "./io/udp.ts";
import type { UdpListener } from "./io/udp-listener.ts";

type AnyListener =
  | { readonly kind: "udp"; readonly listener: UdpListener }
  | { readonly kind: "stream"; readonly listener: StreamListener };

export class Sockets {
  readonly #open = new Map<string, AnyListener>();
  readonly #connections = new ConnectionTable();
  readonly #handshakes = new Handshakes({
    later: (step) => void setImmediate(step),
    held: (source) => this.#connections.strangers.held(source),
  });
  readonly #receiver: Receiver;
  /** Who takes datagrams: native code, or Node.js and why. */
  readonly datagrams = datagramsAddon();
  #certificates: CertificateSource | undefined;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Of these, those on which nobody has registered. */
  get strangers(): number {
    return this.#connections.strangers.size;
  }

  /** Opens what is missing, all or nothing: a refusal closes again what it had opened, and throws a RingfenceError. */
  async openMissing(endpoints: readonly Endpoint[], certificates: CertificateSource): Promise<void> {
    for (const endpoint of endpoints) if (usesTls(endpoint.transport)) checkTls(endpoint, certificates);
    const opened: string[] = [];
    this.#certificates ??= certificates;
    try {
      for (const endpoint of endpoints) {
        if (this.#open.has(endpoint.id)) continue;
        this.#open.set(endpoint.id, await this.#openOne(endpoint, certificates));
        opened.push(endpoint.id);
      }
    } catch (error) {
      for (const id of opened) await this.#close(id);
      throw error;
    }
  }

  /** The sockets that stay learn what changed about them. */
  refresh(endpoints: readonly Endpoint[], certificates: CertificateSource): void {
    this.#certificates = certificates;
    for (const endpoint of endpoints) {
      const found = this.#open.get(endpoint.id);
      found?.listener.update(endpoint);
      if (found?.kind === "stream" && usesTls(endpoint.transport) && isOutside(endpoint.role)) {
        found.listener.renew(certificates);
      }
    }
  }

  /** Closes the sockets that are neither configured nor carry a call. */
  async closeUnused(keep: ReadonlySet<string>): Promise<void> {
    for (const id of [...this.#open.keys()]) if (!keep.has(id)) await this.#close(id);
  }

  endpoints(): readonly Endpoint[] {
    return [...this.#open.values()].map(({ listener }) => listener.endpoint);
  }

  send(flow: Flow, bytes: Uint8Array): boolean {
    if (!flow.reliable) {
      const found = this.#open.get(flow.endpoint.id);
      if (found?.kind !== "udp") return false;
      found.listener.send(flow, bytes);
      return true;
    }
    const connection = this.#connections.get(flow.id) ?? this.#connect(flow);
    connection?.send(bytes);
    return connection !== undefined;
  }

  /** Of what these flows would begin the kernel gives us a share; all of it again without flows. */
  throttle(flows: readonly Flow[], keep: number): void {
    for (const [id, open] of this.#open) {
      if (open.kind !== "udp") continue;
      const peers = flows.filter(({ endpoint }) => endpoint.id === id).map(({ packetSource }) => packetSource);
      open.listener.throttle?.(peers, keep);
    }
  }

  /** There are turns again for what comes on this connection. */
  goOn(flowId: string): void {
    this.#connections.get(flowId)?.goOn();
  }

  /** Ends the connections that are overdue; `kept` says whether a registration or call is on a flow. */
  sweep(deadlines: ConnectionDeadlines, kept: (flowId: string) => boolean): void {
    this.#connections.sweep(deadlines, kept);
  }

  /** Says of each connection whether the rules in force would take it. */
  judge(takes: (flow: Flow) => boolean): void {
    this.#connections.judge(takes);
  }

  closeFlow(flowId: string): void {
    this.#connections.get(flowId)?.end();
  }

  async closeAll(): Promise<void> {
    this.#connections.destroyAll();
    for (const id of [...this.#open.keys()]) await this.#close(id);
  }

  /** Only flows to configured peers are opened by us; a phone's connection, once lost, is the phone's to renew. */
  #connect(flow: Flow) {
    if (flow.connectTo === undefined) return undefined;
    const name = flow.connectTo.tls?.clientCertificate;
    const own = name === undefined ? undefined : this.#certificates?.(name);
    return openOutbound(flow, this.#connections, this.#receiver, own);
  }

  async #openOne(endpoint: Endpoint, certificates: CertificateSource): Promise<AnyListener> {
    if (endpoint.transport === "udp") return { kind: "udp", listener: await this.#openUdp(endpoint) };
    const source = usesTls(endpoint.transport) ? certificates : undefined;
    const listener = await openStream(
      endpoint,
      source,
      this.#connections,
      this.#handshakes,
      this.#receiver,
      this.datagrams,
    );
    return { kind: "stream", listener };
  }

  async #openUdp(endpoint: Endpoint): Promise<UdpListener> {
    const { datagrams } = this;
    if (datagrams.ok) return openNativeUdp(endpoint, this.#receiver, datagrams.addon);
    return openUdp(endpoint, this.#receiver);
  }

  async #close(id: string): Promise<void> {
    const found = this.#open.get(id);
    this.#open.delete(id);
    // A stream listener waits for its last connection to end; nobody waits for it here.
    const closing = found?.listener.close();
    if (found?.kind === "udp") await closing;
  }
}
