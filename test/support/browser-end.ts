/** A browser's end of a media transport, for tests without sockets: it makes checks, and a DTLS handshake of its own. */
import { Handshake } from "../../packages/media/src/dtls/handshake.ts";
import { createDtlsIdentity, type DtlsIdentity } from "../../packages/media/src/dtls/identity.ts";
import type { Component, Endpoint } from "../../packages/media/src/engine/engine.ts";
import { HandshakeBudget } from "../../packages/media/src/transport/handshake-budget.ts";
import { MediaTransport } from "../../packages/media/src/transport/media-transport.ts";
import type {
  DtlsTerms,
  Fingerprint,
  TransportOutput,
  TransportTerms,
} from "../../packages/media/src/transport/transport.ts";
import { type CheckSetup, check, local, remote } from "./stun-check.ts";

/** undefined on a machine without native code. */
export const ourIdentity = createDtlsIdentity();
export const theirIdentity = createDtlsIdentity();
export const theirAddress = { address: "198.51.100.11", port: 50_000 };
const suites = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"] as const;

export function fingerprintOf(identity: DtlsIdentity | undefined): Fingerprint {
  return identity?.fingerprint ?? { hash: "sha-256", value: new Uint8Array(32) };
}

/** As the answer to a browser's offer leaves them: ICE, DTLS with the browser active, rtcp-mux. */
export function browserTerms(dtls: Partial<DtlsTerms> = {}): TransportTerms {
  return {
    ice: { local, remote },
    dtls: { role: "passive", fingerprints: [fingerprintOf(theirIdentity)], suites, ...dtls },
    mux: true,
    signalled: undefined,
    checksFrom: undefined,
  };
}

/** Our transport and the browser, with time that the test moves. Datagrams arrive at once. */
export class TransportTable {
  readonly transport: MediaTransport;
  readonly outputs: TransportOutput[] = [];
  /** What the browser was sent, DTLS left out. */
  readonly answers: Uint8Array[] = [];
  now = 0;
  peer = theirAddress;
  readonly #handshakes: Partial<Record<Component, Handshake>> = {};
  readonly #identity: DtlsIdentity | undefined;

  constructor(identity = theirIdentity, budget = new HandshakeBudget()) {
    this.#identity = identity;
    this.transport = new MediaTransport(7, ourIdentity, budget);
  }

  agree(terms: TransportTerms): void {
    this.#take(this.transport.agree(terms, this.now));
  }

  check(setup: CheckSetup = {}, source = this.peer, component: Component = "rtp"): void {
    this.control("stun", check(setup), source, component);
  }

  /** Where the peer's socket of this component is. */
  place(component: Component): Endpoint {
    return component === "rtp" ? this.peer : { ...this.peer, port: this.peer.port + 1 };
  }

  /** The browser's ClientHello, and all that follows from it. */
  dtls(role: DtlsTerms["role"] = "active", component: Component = "rtp", identity = this.#identity): void {
    const association = identity?.open({ role, fingerprints: [fingerprintOf(ourIdentity)], suites });
    if (association === undefined) throw new Error("no association");
    const handshake = new Handshake(association);
    this.#handshakes[component] = handshake;
    if (role === "active") this.#toUs(component, handshake.begin(this.now).datagrams);
  }

  /** The browser's close_notify. */
  hangUp(component: Component = "rtp"): void {
    this.#toUs(component, this.#handshakes[component]?.close() ?? []);
  }

  control(protocol: "stun" | "dtls", packet: Uint8Array, source = this.peer, component: Component = "rtp"): void {
    this.#take(this.transport.onControl({ component, protocol, source, packet }, this.now));
  }

  /** Runs everything that falls due on the way. */
  advance(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let at = this.transport.deadline; at !== undefined && at <= end; at = this.transport.deadline) {
      this.now = Math.max(this.now, at);
      this.#take(this.transport.onDeadline(this.now));
    }
    this.now = end;
  }

  close(): void {
    this.#take(this.transport.close(this.now));
  }

  /** Who was selected, in order, "nowhere" for undefined. */
  get selected(): readonly unknown[] {
    return this.outputs.flatMap((output) =>
      output.kind === "command" && output.command.kind === "select" ? [output.command.source ?? "nowhere"] : [],
    );
  }

  get keyed(): readonly Extract<TransportOutput, { kind: "keyed" }>[] {
    return this.outputs.filter((output) => output.kind === "keyed");
  }

  get failed(): readonly string[] {
    return this.outputs.flatMap((output) => (output.kind === "failed" ? [output.reason] : []));
  }

  #take(outputs: readonly TransportOutput[]): void {
    this.outputs.push(...outputs);
    for (const output of outputs) {
      if (output.kind !== "command" || output.command.kind !== "send") continue;
      const { to, packet, component } = output.command;
      const [first, peer] = [packet[0] as number, this.place(component)];
      if (to.address !== peer.address || to.port !== peer.port || first < 20 || first > 63) this.answers.push(packet);
      else this.#toUs(component, this.#handshakes[component]?.onPacket(packet, this.now).datagrams ?? []);
    }
  }

  #toUs(component: Component, datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.control("dtls", datagram, this.place(component), component);
  }
}
