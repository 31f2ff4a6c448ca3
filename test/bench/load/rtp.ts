/** Voice packets in both directions through a relay: sealed beforehand, so that the generator's share stays small. */
import { createSocket, type Socket } from "node:dgram";
import { createProtector } from "@ringfence/node-srtp";
import type { Place } from "./phones.ts";
import type { Ports } from "./relay.ts";

/** 160 octets of G.711 behind the RTP header. */
const PACKET = 172;
const SLOT_MS = 20;

export interface Talk {
  readonly streams: number;
  /** Streams that send in each slot of 20 ms; all of them is what G.711 does. */
  readonly perSlot: number;
  readonly slots: number;
  readonly key: Uint8Array | undefined;
}

export class Voices {
  readonly #phone: Socket;
  readonly #pbx: Socket;
  received = 0;

  private constructor(phone: Socket, pbx: Socket) {
    [this.#phone, this.#pbx] = [phone, pbx];
    for (const socket of [phone, pbx]) socket.on("message", () => this.received++);
  }

  static async open(): Promise<Voices> {
    return new Voices(await endpoint("127.0.0.2"), await endpoint("127.0.0.3"));
  }

  get places(): { readonly phone: Place; readonly pbx: Place } {
    return { phone: this.#phone.address(), pbx: this.#pbx.address() };
  }

  close(): void {
    this.#phone.close();
    this.#pbx.close();
  }

  /** @param onSlot called before each slot of 20 ms */
  async talk(talk: Talk, ports: readonly Ports[], onSlot: (slot: number) => void): Promise<void> {
    const packets = new Packets(talk);
    const began = performance.now();
    for (let slot = 0; slot < talk.slots; slot++) {
      onSlot(slot);
      for (let place = 0; place < talk.perSlot; place++) {
        const stream = (slot * talk.perSlot + place) % talk.streams;
        const round = Math.floor((slot * talk.perSlot + place) / talk.streams);
        const to = ports[stream];
        if (to === undefined) throw new Error("a stream without ports");
        this.#phone.send(packets.phone(stream, round), to.phone, "127.0.0.1");
        this.#pbx.send(packets.pbx(stream, round), to.pbx, "127.0.0.1");
      }
      await pause(Math.max(0, began + SLOT_MS * (slot + 1) - performance.now()));
    }
    await pause(300);
  }
}

class Packets {
  readonly #phone: Buffer[][] = [];
  readonly #pbx: Buffer[][] = [];

  constructor({ streams, perSlot, slots, key }: Talk) {
    const rounds = Math.ceil((slots * perSlot) / streams);
    for (let stream = 0; stream < streams; stream++) {
      const protector = key && createProtector("AES_CM_128_HMAC_SHA1_80", key);
      const sealed = (round: number): Buffer => {
        const packet = voicePacket(stream, round);
        return packet.subarray(0, protector === undefined ? PACKET : protector.rtp(packet, PACKET));
      };
      this.#phone.push(Array.from({ length: rounds }, (_, round) => sealed(round)));
      this.#pbx.push(Array.from({ length: rounds }, (_, round) => voicePacket(stream, round).subarray(0, PACKET)));
    }
  }

  phone(stream: number, round: number): Buffer {
    return this.#phone[stream]?.[round] as Buffer;
  }

  pbx(stream: number, round: number): Buffer {
    return this.#pbx[stream]?.[round] as Buffer;
  }
}

function voicePacket(stream: number, round: number): Buffer {
  const packet = Buffer.alloc(PACKET + 16, 0xd5);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(round + 1, 2);
  packet.writeUInt32BE(round * 160, 4);
  packet.writeUInt32BE(stream + 1, 8);
  return packet;
}

async function endpoint(address: string): Promise<Socket> {
  const lookup = (host: string, _o: object, done: (e: null, address: string, family: number) => void) =>
    done(null, host, 4);
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000, lookup: lookup as never });
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
