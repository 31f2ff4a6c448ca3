/**
 * SIP over TCP out of captured segments. A stream begins where a segment begins with a SIP message, in the middle of a connection
 * too; what comes twice is left out, and where something is missing it begins anew. Bounded: a stream that makes room for another is
 * read again from its next message.
 */
import { StreamFramer } from "@ringfence/sip";
import type { Packet } from "./packet.ts";

const MOST_STREAMS = 4_096;

interface Stream {
  readonly framer: StreamFramer;
  next: number;
}

export class TcpStreams {
  readonly #streams = new Map<string, Stream>();
  /** Places where segments were missing. */
  gaps = 0;

  /** Whole messages that end with this segment. */
  push(packet: Packet): readonly Uint8Array[] {
    const { payload, sequence } = packet;
    if (payload.length === 0) return [];
    const key = `${packet.source} ${packet.sourcePort} ${packet.destination} ${packet.destinationPort}`;
    const stream = this.#streams.get(key);
    if (stream === undefined) return this.#begin(key, packet);
    // Sequence numbers wrap (RFC 9293 §3.4).
    const ahead = (sequence - stream.next) | 0;
    if (ahead > 0) {
      this.gaps += 1;
      this.#streams.delete(key);
      return this.#begin(key, packet);
    }
    return ahead + payload.length <= 0 ? [] : this.#take(key, stream, payload.subarray(-ahead));
  }

  #begin(key: string, { payload, sequence }: Packet): readonly Uint8Array[] {
    if (!looksLikeSip(payload)) return [];
    const [oldest] = this.#streams.keys();
    if (this.#streams.size >= MOST_STREAMS && oldest !== undefined) this.#streams.delete(oldest);
    const stream = { framer: new StreamFramer(), next: sequence };
    this.#streams.set(key, stream);
    return this.#take(key, stream, payload);
  }

  #take(key: string, stream: Stream, octets: Uint8Array): readonly Uint8Array[] {
    stream.next = (stream.next + octets.length) >>> 0;
    const framed = stream.framer.push(octets);
    if (framed.some(({ kind }) => kind === "broken")) this.#streams.delete(key);
    return framed.flatMap((one) => (one.kind === "message" ? [one.bytes] : []));
  }
}

const beginnings = ["INVITE ", "REGISTER ", "SIP/2.0 ", "ACK ", "BYE ", "OPTIONS ", "CANCEL ", "SUBSCRIBE ", "NOTIFY "];
const prefixes = beginnings.map((text) => Buffer.from(text, "latin1"));

export function looksLikeSip(payload: Uint8Array): boolean {
  return prefixes.some((prefix) => prefix.length <= payload.length && prefix.every((octet, i) => payload[i] === octet));
}
