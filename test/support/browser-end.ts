/** A browser's end of a media transport, for tests without sockets: it makes checks, and a DTLS handshake of its own. */
import { Handshake } from "../../packages/media/src/dtls/handshake.ts";
import { createDtlsIdentity, type DtlsIdentity } from "../../packages/media/src/dtls/identity.ts";
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
  #handshake: Handshake | undefined;
  readonly #identity: DtlsIdentity | undefined;

  constructor(identity = theirIdentity, budget = new HandshakeBudget()) {
    this.#identity = identity;
    this.transport = new MediaTransport(7, ourIdentity, budget);
  }

  agree(terms: TransportTerms): void {
    this.#take(this.transport.agree(terms, this.now));
  }

  check(setup: CheckSetup = {}, source = this.peer): void {
    this.control("stun", check(setup), source);
  }

  /** The browser's ClientHello, and all that follows from it. */
  dtls(role: DtlsTerms["role"] = "active", named = fingerprintOf(ourIdentity)): void {
    const association = this.#identity?.open({ role, fingerprints: [named], suites });
    if (association === undefined) throw new Error("no association");
    this.#handshake = new Handshake(association);
    if (role === "active") this.#toUs(this.#handshake.begin(this.now).datagrams);
  }

  /** The browser's close_notify. */
  hangUp(): void {
    this.#toUs(this.#handshake?.close() ?? []);
  }

  control(protocol: "stun" | "dtls", packet: Uint8Array, source = this.peer): void {
    this.#take(this.transport.onControl({ component: "rtp", protocol, source, packet }, this.now));
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
      const { to, packet } = output.command;
      const first = packet[0] as number;
      if (to.address !== this.peer.address || to.port !== this.peer.port || first < 20 || first > 63)
        this.answers.push(packet);
      else this.#toUs(this.#handshake?.onPacket(packet, this.now).datagrams ?? []);
    }
  }

  #toUs(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.control("dtls", datagram);
  }
}
