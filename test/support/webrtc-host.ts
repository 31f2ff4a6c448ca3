/**
 * A browser's media on a real socket, as far as setting up goes: an offer, checks until they are answered, a DTLS handshake in the
 * role that the answer leaves to it, and SRTP. It sends again what got lost, as a browser does.
 */
import { createProtector, createUnprotector } from "@ringfence/node-srtp";
import { Handshake, type HandshakeResult, type HandshakeStep } from "../../packages/media/src/dtls/handshake.ts";
import type { DtlsIdentity } from "../../packages/media/src/dtls/identity.ts";
import type { Fingerprint } from "../../packages/media/src/transport/transport.ts";
import { check } from "./stun-check.ts";
import { rtpPacket, UdpHost } from "./udp-host.ts";

const checkEveryMs = 50;
const ufrag = "brws";
const suites = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"] as const;

export interface WebrtcSetup {
  readonly address: string;
  /** What it shows in the handshake. */
  readonly identity: DtlsIdentity;
  /** What it says in its offer; default what it shows. */
  readonly signalled?: Fingerprint;
}

export class WebrtcHost {
  readonly #socket: UdpHost;
  readonly #setup: WebrtcSetup;
  #port = 0;
  #us = "";
  #handshake: Handshake | undefined;
  #result: HandshakeResult | undefined;
  #timer: NodeJS.Timeout | undefined;
  #check: Buffer = Buffer.alloc(0);
  #begun = false;
  readonly media: Buffer[] = [];

  private constructor(socket: UdpHost, setup: WebrtcSetup) {
    this.#socket = socket;
    this.#setup = setup;
  }

  static async open(setup: WebrtcSetup): Promise<WebrtcHost> {
    return new WebrtcHost(await UdpHost.open(setup.address), setup);
  }

  get offer(): Uint8Array {
    const { hash, value } = this.#setup.signalled ?? this.#setup.identity.fingerprint;
    const fingerprint = Array.from(value, (octet) => octet.toString(16).padStart(2, "0").toUpperCase()).join(":");
    const lines = [
      "v=0",
      "o=- 1 2 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 0 8",
      "c=IN IP4 0.0.0.0",
      "a=rtcp:9 IN IP4 0.0.0.0",
      `a=ice-ufrag:${ufrag}`,
      "a=ice-pwd:whatTheBrowserHasMadeUp",
      "a=ice-options:trickle",
      `a=fingerprint:${hash} ${fingerprint}`,
      "a=setup:actpass",
      "a=mid:0",
      "a=sendrecv",
      "a=rtcp-mux",
      "a=rtcp-rsize",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:8 PCMA/8000",
    ];
    return Buffer.from(`${lines.join("\r\n")}\r\n`);
  }

  /** Begins with the answer to its offer; from then on everything happens by itself. */
  begin(answer: string, us: string): void {
    const value = (name: string): string => new RegExp(`a=${name}:(\\S+)`).exec(answer)?.[1] ?? "";
    const [, fingerprint = ""] = /a=fingerprint:sha-256 (\S+)/.exec(answer) ?? [];
    const wanted = { hash: "sha-256", value: Buffer.from(fingerprint.replaceAll(":", ""), "hex") } as const;
    const role = value("setup") === "active" ? "passive" : "active";
    const association = this.#setup.identity.open({ role, fingerprints: [wanted], suites });
    if (association === undefined) throw new Error("no association");
    this.#handshake = new Handshake(association);
    this.#port = Number(/m=audio (\d+)/.exec(answer)?.[1]);
    this.#us = us;
    const setup = { username: `${value("ice-ufrag")}:${ufrag}`, password: value("ice-pwd"), useCandidate: true };
    this.#check = check(setup);
    void this.#read();
    this.#timer = setInterval(() => this.#tick(), checkEveryMs);
  }

  /** Its own. */
  get port(): number {
    return this.#socket.port;
  }

  get result(): HandshakeResult | undefined {
    return this.#result;
  }

  /** A packet under the keys of the handshake. */
  speak(sequence: number): Promise<void> {
    const { outbound } = this.#keys();
    const packet = Buffer.concat([rtpPacket({ sequence }), Buffer.alloc(40)]);
    const length = createProtector(outbound.suite, outbound.key).rtp(packet, 172);
    return this.#socket.send(packet.subarray(0, length), this.#port, this.#us);
  }

  /** The first packet that was sent to it, in clear. */
  get heard(): Buffer | undefined {
    const { inbound } = this.#keys();
    const [first] = this.media;
    if (first === undefined) return undefined;
    const packet = Buffer.from(first);
    const length = createUnprotector(inbound.suite, inbound.key).rtp(packet, packet.length);
    return packet.subarray(0, Math.max(0, length));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #keys(): Extract<HandshakeResult, { kind: "keyed" }> {
    if (this.#result?.kind !== "keyed") throw new Error(`no keys: ${JSON.stringify(this.#result)}`);
    return this.#result;
  }

  #tick(): void {
    this.#send([this.#check]);
    this.#after(this.#handshake?.onDeadline(performance.now()));
  }

  async #read(): Promise<void> {
    for (;;) {
      const { bytes } = await this.#socket.next();
      const first = bytes[0] as number;
      if (first >= 128) this.media.push(bytes);
      else this.#after(first >= 20 ? this.#handshake?.onPacket(bytes, performance.now()) : this.#answered());
    }
  }

  /** The first answer to a check: there is somebody to shake hands with. */
  #answered(): HandshakeStep | undefined {
    if (this.#begun) return undefined;
    this.#begun = true;
    return this.#handshake?.begin(performance.now());
  }

  #after(step: HandshakeStep | undefined): void {
    this.#send(step?.datagrams ?? []);
    this.#result = step?.result ?? this.#result;
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) void this.#socket.send(datagram, this.#port, this.#us).catch(() => {});
  }
}
