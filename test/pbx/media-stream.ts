import type { RemoteInfo } from "node:dgram";
import type { Knobs } from "./knobs.ts";
import type { PortPair } from "./media-port.ts";
import type { MediaLine } from "./sdp.ts";
import { newSrtpKey, SrtpContext } from "./srtp.ts";

interface Target {
  readonly address: string;
  readonly port: number;
}

export interface StreamCounts {
  readonly received: number;
  readonly sent: number;
  readonly rtcpReceived: number;
  readonly rtcpSent: number;
  /** Secured packets that did not authenticate. */
  readonly refused: number;
}

/** One m-line on one side of a call: a port pair, where the client is, and its keys when the leg is secured. */
export class MediaStream {
  readonly pair: PortPair;
  readonly counts = { received: 0, sent: 0, rtcpReceived: 0, rtcpSent: 0, refused: 0 };
  /** The same m-line on the other side, when the call is bridged. */
  peer: MediaStream | undefined;
  /** Takes the packets when the PBX itself is the other side. */
  sink: ((packet: Buffer) => void) | undefined;
  /** Undefined until this leg's SDP has settled it. */
  secure: boolean | undefined;
  cryptoTag = "1";
  readonly #knobs: Knobs;
  #rtp: Target | undefined;
  #rtcp: Target | undefined;
  #latchedRtp: Target | undefined;
  #latchedRtcp: Target | undefined;
  #listens = true;
  #localKey: Buffer | undefined;
  #remoteKey: Buffer | undefined;
  #in: SrtpContext | undefined;
  #out: SrtpContext | undefined;

  constructor(pair: PortPair, knobs: Knobs) {
    this.pair = pair;
    this.#knobs = knobs;
    pair.onRtp = (packet, from) => this.#receiveRtp(packet, from);
    pair.onRtcp = (packet, from) => this.#receiveRtcp(packet, from);
  }

  /** Takes the client's side of an SDP: where it listens and whether it does. */
  follow(line: MediaLine): void {
    const nowhere = line.address === undefined || line.address === "0.0.0.0" || line.port === 0;
    const rtp = nowhere || line.address === undefined ? undefined : { address: line.address, port: line.port };
    if (rtp?.address !== this.#rtp?.address || rtp?.port !== this.#rtp?.port) {
      this.#latchedRtp = undefined;
      this.#latchedRtcp = undefined;
    }
    this.#rtp = rtp;
    this.#rtcp = rtp && { address: line.rtcp?.address ?? rtp.address, port: line.rtcp?.port ?? rtp.port + 1 };
    this.#listens = rtp !== undefined && line.direction !== "sendonly" && line.direction !== "inactive";
  }

  /** Our key for this leg; one for the life of the stream. */
  localKey(): Buffer {
    if (this.#localKey === undefined) {
      this.#localKey = newSrtpKey();
      this.#out = new SrtpContext(this.#localKey);
    }
    return this.#localKey;
  }

  useRemoteKey(key: Buffer): void {
    if (this.#remoteKey?.equals(key)) return;
    this.#remoteKey = key;
    this.#in = new SrtpContext(key);
  }

  #receiveRtp(packet: Buffer, from: RemoteInfo): void {
    this.counts.received += 1;
    const plain = this.secure ? this.#in?.unprotectRtp(packet) : packet;
    if (plain === undefined) {
      this.counts.refused += 1;
      return;
    }
    if (this.#knobs.latch) this.#latchedRtp = { address: from.address, port: from.port };
    if (this.sink) this.sink(plain);
    else this.peer?.sendRtp(plain);
  }

  #receiveRtcp(packet: Buffer, from: RemoteInfo): void {
    this.counts.rtcpReceived += 1;
    const plain = this.secure ? this.#in?.unprotectRtcp(packet) : packet;
    if (plain === undefined) {
      this.counts.refused += 1;
      return;
    }
    if (this.#knobs.latch) this.#latchedRtcp = { address: from.address, port: from.port };
    if (this.sink === undefined) this.peer?.sendRtcp(plain);
  }

  sendRtp(packet: Buffer): void {
    const to = this.#latchedRtp ?? this.#rtp;
    if (to === undefined || !this.#listens) return;
    const bytes = this.secure ? this.#out?.protectRtp(packet) : packet;
    if (bytes === undefined) return;
    this.counts.sent += 1;
    this.pair.sendRtp(bytes, to.port, to.address);
  }

  sendRtcp(packet: Buffer): void {
    const to = this.#latchedRtcp ?? this.#rtcp;
    if (to === undefined) return;
    const bytes = this.secure ? this.#out?.protectRtcp(packet) : packet;
    if (bytes === undefined) return;
    this.counts.rtcpSent += 1;
    this.pair.sendRtcp(bytes, to.port, to.address);
  }

  close(): void {
    if (this.peer) this.peer.peer = undefined;
    this.sink = undefined;
    this.pair.close();
  }
}
