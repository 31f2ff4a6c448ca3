import type { Knobs } from "./knobs.ts";
import type { PortPool } from "./media-port.ts";
import { MediaStream, type StreamCounts } from "./media-stream.ts";
import { keptFormats, type MediaLine, mirrored, parseSdp, type WrittenMedia, writeSdp } from "./sdp.ts";
import { keyLength, srtpSuite } from "./srtp.ts";

/** a: the caller's leg; b: the far leg. */
export type Side = "a" | "b";
export type Role = "offer" | "answer";

export type MediaOutcome =
  | { readonly ok: true; readonly sdp: Buffer }
  | { readonly ok: false; readonly status: number };

interface Origin {
  readonly id: number;
  version: number;
}

const refused = (status: number): MediaOutcome => ({ ok: false, status });
const isSecure = (line: MediaLine): boolean => line.proto.startsWith("RTP/SAVP");

/** The RTP side of one call: both legs' streams, and each leg's SDP written anew for the other. */
export class CallMedia {
  readonly #knobs: Knobs;
  readonly #pool: PortPool;
  readonly #streams: Record<Side, MediaStream[]> = { a: [], b: [] };
  /** Last SDP that came from each leg. */
  readonly #bodies: Record<Side, Buffer> = { a: Buffer.alloc(0), b: Buffer.alloc(0) };
  readonly #origin: Record<Side, Origin>;
  /** Last SDP of each leg's client, and the one before it. */
  readonly #lines: Record<Side, readonly MediaLine[]> = { a: [], b: [] };
  readonly #before: Record<Side, readonly MediaLine[]> = { a: [], b: [] };
  #closed = false;

  constructor(knobs: Knobs, pool: PortPool) {
    this.#knobs = knobs;
    this.#pool = pool;
    const id = Math.floor(Date.now() / 1000);
    this.#origin = { a: { id, version: id }, b: { id, version: id } };
  }

  counts(side: Side): StreamCounts[] {
    return this.#streams[side].map((stream) => stream.counts);
  }

  stream(side: Side, index: number): MediaStream | undefined {
    return this.#streams[side][index];
  }

  mediaLines(side: Side): number {
    return this.#lines[side].length;
  }

  lineOf(side: Side, index: number): MediaLine | undefined {
    return this.#lines[side][index];
  }

  /**
   * Another call for the client that was `side` of `from`: it is `a` here, its SDP becomes an offer to somebody new, and
   * the session of its o= goes on. `to` is a client that comes out of a call as well.
   */
  takeOver(
    from: CallMedia,
    side: Side,
    to?: { readonly media: CallMedia; readonly side: Side },
    only?: readonly string[],
  ): MediaOutcome {
    const body = this.#adopt("a", from, side);
    if (to !== undefined) this.#adopt("b", to.media, to.side);
    const lines = parseSdp(body);
    if (lines === undefined || !this.#ensure(lines.length)) return refused(lines === undefined ? 488 : 503);
    if (to !== undefined) {
      this.#streams.b.forEach((stream, index) => {
        stream.secure = to.media.stream(to.side, index)?.secure;
      });
    }
    return this.translate("a", "offer", body, only, true);
  }

  #adopt(here: Side, from: CallMedia, there: Side): Buffer {
    this.#origin[here] = from.#origin[there];
    this.#bodies[here] = from.#bodies[there];
    return this.#bodies[here];
  }

  lastBody(side: Side): Buffer {
    return this.#bodies[side];
  }

  #remember(side: Side, body: Buffer, lines: readonly MediaLine[]): void {
    this.#bodies[side] = body;
    this.#before[side] = this.#lines[side];
    this.#lines[side] = lines;
  }

  /** An offer of this leg was refused: its client is where it was before. */
  rollback(side: Side): void {
    this.#lines[side] = this.#before[side];
    this.#lines[side].forEach((line, index) => {
      this.#streams[side][index]?.follow(line);
    });
  }

  /** SDP that came from one leg becomes the SDP for the other; of its formats only some, if they are given; `awake`: not held. */
  translate(from: Side, role: Role, body: Buffer, only?: readonly string[], awake = false): MediaOutcome {
    const given = parseSdp(body);
    const lines = awake ? given?.map(resumed) : given;
    if (lines === undefined || this.#closed) return refused(488);
    if (lines.some((line) => this.#unacceptable(line))) return refused(488);
    if (this.#knobs.relay && !this.#ensure(lines.length)) return refused(503);
    this.#remember(from, body, lines);
    const to: Side = from === "a" ? "b" : "a";
    const written = lines.map((line, index) => {
      const near = this.#streams[from][index];
      const far = this.#streams[to][index];
      if (near === undefined || far === undefined) return passedOn(line);
      takeKeys(near, line);
      near.follow(line);
      if (role === "offer" && far.secure === undefined) far.secure = this.#securesFar(line);
      const relayed = this.#relayed(line, far);
      return only === undefined ? relayed : { ...relayed, formats: relayed.formats.filter((f) => only.includes(f)) };
    });
    return { ok: true, sdp: this.#write(to, written) };
  }

  /** The PBX answers this leg itself. `choose` gives the formats taken of a line; none refuses the line. */
  answerSelf(side: Side, body: Buffer, choose: (line: MediaLine) => readonly string[]): MediaOutcome {
    const lines = parseSdp(body);
    if (lines === undefined || this.#closed || lines.some((line) => this.#unacceptable(line))) return refused(488);
    if (!lines.some((line) => line.port !== 0 && choose(line).length > 0)) return refused(488);
    if (!this.#ensure(lines.length, [side])) return refused(503);
    this.#remember(side, body, lines);
    const written = lines.map((line, index) => {
      const stream = this.#streams[side][index];
      const formats = choose(line);
      if (stream === undefined || line.port === 0 || formats.length === 0) return { ...passedOn(line), port: 0 };
      takeKeys(stream, line);
      stream.follow(line);
      const direction = line.address === "0.0.0.0" && line.direction === "sendrecv" ? "sendonly" : line.direction;
      return { ...this.#relayed(line, stream), formats, direction: mirrored(direction) };
    });
    return { ok: true, sdp: this.#write(side, written) };
  }

  /** An offer of the PBX's own, for an INVITE that carried none. */
  offerSelf(side: Side, formats: readonly string[], maps: MediaLine["maps"]): MediaOutcome {
    if (!this.#ensure(1, [side])) return refused(503);
    const port = this.#streams[side][0]?.pair.port ?? 0;
    const { address } = this.#pool.range;
    const line = { media: "audio", port, proto: "RTP/AVP", formats, address, direction: "sendrecv", maps } as const;
    return { ok: true, sdp: this.#write(side, [{ ...line, crypto: undefined }]) };
  }

  #unacceptable(line: MediaLine): boolean {
    if (line.proto.includes("TLS")) return true;
    if (!isSecure(line) || line.port === 0) return false;
    return this.#knobs.srtp === "refuse" || usable(line) === undefined;
  }

  #securesFar(line: MediaLine): boolean {
    if (this.#knobs.srtpOffer === "mirror") return isSecure(line);
    return this.#knobs.srtpOffer === "always" && line.proto.startsWith("RTP/");
  }

  #ensure(lines: number, sides: readonly Side[] = ["a", "b"]): boolean {
    for (const side of sides) {
      while (this.#streams[side].length < lines) {
        const pair = this.#pool.open();
        if (pair === undefined) return false;
        this.#streams[side].push(new MediaStream(pair, this.#knobs));
      }
    }
    this.#streams.a.forEach((stream, index) => {
      stream.peer = this.#streams.b[index];
      if (stream.peer) stream.peer.peer = stream;
    });
    return true;
  }

  #relayed(line: MediaLine, stream: MediaStream): WrittenMedia {
    const formats = keptFormats(line);
    const held = line.address === "0.0.0.0" && line.direction === "sendrecv";
    const rtp = line.proto.startsWith("RTP/");
    return {
      media: line.media,
      port: line.port === 0 ? 0 : stream.pair.port,
      proto: rtp ? (stream.secure ? "RTP/SAVP" : "RTP/AVP") : line.proto,
      formats: formats.length === 0 ? line.formats : formats,
      address: this.#pool.range.address,
      direction: held ? "sendonly" : line.direction,
      maps: line.maps,
      crypto: stream.secure ? { tag: stream.cryptoTag, suite: srtpSuite, key: stream.localKey() } : undefined,
    };
  }

  #write(to: Side, media: readonly WrittenMedia[]): Buffer {
    const origin = this.#origin[to];
    const sdp = writeSdp(media, { address: this.#pool.range.address, id: origin.id, version: origin.version });
    origin.version += 1;
    return sdp;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of [...this.#streams.a, ...this.#streams.b]) stream.close();
  }
}

const resumed = (line: MediaLine): MediaLine => ({
  ...line,
  direction: "sendrecv",
  address: line.address === "0.0.0.0" ? undefined : line.address,
});

const usable = (line: MediaLine) => line.crypto.find((c) => c.suite === srtpSuite && c.key.length === keyLength);

function takeKeys(stream: MediaStream, line: MediaLine): void {
  if (line.port === 0) return;
  const crypto = isSecure(line) ? usable(line) : undefined;
  stream.secure = crypto !== undefined;
  if (crypto === undefined) return;
  stream.cryptoTag = crypto.tag;
  stream.useRemoteKey(crypto.key);
}

/** Relay off: the client's own address stays, the rest is rewritten all the same. */
const passedOn = (line: MediaLine): WrittenMedia => ({
  media: line.media,
  port: line.port,
  proto: line.proto,
  formats: keptFormats(line),
  address: line.address ?? "0.0.0.0",
  direction: line.direction,
  maps: line.maps,
  crypto: usable(line),
});
