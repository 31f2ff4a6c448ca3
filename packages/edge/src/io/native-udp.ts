/**
 * A UDP socket in C++ on this very event loop (native/binding.cc): many datagrams by one system call, and those that the gate refuses never
 * reach JavaScript. What is sent in one turn leaves by one call at its end. docs/decisions/0017-datagrams-in-batches.md.
 */
import { getSystemErrorName } from "node:util";
import { type GateVerdict, gateVerdict, type NativeGate } from "@ringfence/dgram-rate-limiter";
import { loadNative } from "@ringfence/native";
import { datagramFlow, type Endpoint, type Flow, type HostPort } from "../flow.ts";
import { listenError } from "./listen-error.ts";
import type { Receiver } from "./listener.ts";
import { Outbox } from "./outbox.ts";
import { RECEIVE_BUFFER, type UdpListener } from "./udp-listener.ts";

/** The layout of native/datagram-memory.h. */
const BATCH = 32;
const ROOM = 65_536;
const TEXT_ROOM = 64;
const NOTES = 5;
const TEXTS_AT = BATCH * ROOM;
const NOTES_AT = TEXTS_AT + BATCH * TEXT_ROOM;
const OUTBOX_AT = NOTES_AT + BATCH * NOTES * Uint32Array.BYTES_PER_ELEMENT;
const OUTBOX = 262_144;

const event = { datagrams: 0, writable: 1, error: 2 } as const;

declare const socketBrand: unique symbol;
interface NativeSocket {
  readonly [socketBrand]: true;
}

/** What native/binding.cc offers. */
export interface DatagramsAddon {
  /** @returns the number of the error that the system gave instead of a socket */
  open(
    address: string,
    port: number,
    receiveBuffer: number,
    memory: ArrayBuffer,
    gate: NativeGate["handle"] | undefined,
    now: number,
    ownMark: Uint8Array,
    onEvent: (kind: number, value: number) => void,
  ): NativeSocket | number;
  /** @returns octets of the outbox that are gone; when not all are, `writable` follows */
  flush(socket: NativeSocket, octets: number): number;
  /** @param flows text: a line `ADDRESS PORT` each. @param keep 0 to 1. @returns 0, or the number of the error */
  throttle(socket: NativeSocket, flows: Uint8Array, keep: number): number;
  close(socket: NativeSocket): void;
  /** A TCP socket that does not listen yet. @returns its descriptor, or the number of the error, negative */
  bindStream(address: string, port: number, receiveBuffer: number): number;
}

export type DatagramsResult =
  | { readonly ok: true; readonly addon: DatagramsAddon }
  /** `why` is the end of a sentence. */
  | { readonly ok: false; readonly why: string };

export function datagramsAddon(): DatagramsResult {
  const native = loadNative();
  if (!native.loaded) return { ok: false, why: native.why };
  return { ok: true, addon: native.exports.datagrams as DatagramsAddon };
}

/** @throws RingfenceError when the address cannot be had */
export function openNativeUdp(first: Endpoint, receiver: Receiver, addon: DatagramsAddon): UdpListener {
  let endpoint = first;
  const memory = new ArrayBuffer(OUTBOX_AT + OUTBOX);
  const rooms = Buffer.from(memory, 0, TEXTS_AT);
  const texts = Buffer.from(memory, TEXTS_AT, NOTES_AT - TEXTS_AT);
  const notes = new Uint32Array(memory, NOTES_AT, BATCH * NOTES);
  let open = true;

  const noted = (note: number, field: number): number => notes[note * NOTES + field] ?? 0;
  const received = (note: number): void => {
    const [place, length, port] = [noted(note, 0), noted(note, 1), noted(note, 2)];
    const [verdict, name] = [noted(note, 3), noted(note, 4)];
    const address = texts.toString("latin1", place * TEXT_ROOM, place * TEXT_ROOM + name);
    const shared = rooms.subarray(place * ROOM, place * ROOM + length);
    const remote: HostPort = { address, port };
    const passes = verdict === gateVerdict.pass || receiver.judged(endpoint, remote, shared, verdict as GateVerdict);
    if (!passes || receiver.own().takes(shared)) return;
    const flow = receiver.admit(endpoint, remote, datagramFlow(endpoint, remote, "phone").id);
    // The room is used again for the next batch.
    if (flow !== undefined) receiver.message(flow, shared, true);
  };
  const onEvent = (kind: number, value: number): void => {
    if (kind === event.writable) return outbox.flush();
    if (kind === event.error) return receiver.trouble(endpoint, "warn", getSystemErrorName(-value));
    for (let i = 0; i < value && open; i++) received(i);
  };

  const { address, port } = first.local;
  const gate = receiver.nativeGate(first)?.handle;
  const socket = addon.open(
    address,
    port,
    RECEIVE_BUFFER,
    memory,
    gate,
    performance.now(),
    receiver.own().mark,
    onEvent,
  );
  if (typeof socket === "number") {
    const code = getSystemErrorName(-socket);
    throw listenError(first, Object.assign(new Error(`bind ${code} ${address}:${port}`), { code }));
  }
  const outbox = new Outbox(Buffer.from(memory, OUTBOX_AT, OUTBOX), (octets) =>
    open ? addon.flush(socket, octets) : octets,
  );
  return {
    get endpoint() {
      return endpoint;
    },
    update(next) {
      endpoint = next;
    },
    send({ packetSource }: Flow, bytes) {
      if (open && packetSource.port > 0) outbox.add(packetSource, bytes);
    },
    throttle(peers, keep) {
      const lines = peers.map(({ address: from, port: of }) => `${from} ${of}`).join("\n");
      // Where the kernel will not, what is too much is left unread here.
      if (open) addon.throttle(socket, Buffer.from(lines, "latin1"), keep);
    },
    async close() {
      if (!open) return;
      outbox.flush();
      open = false;
      addon.close(socket);
    },
  };
}
