/** A call through @ringfence/media with real sockets: a phone host and a PBX host on loopback, SDP written by hand. */

import type { LegMedia, Media } from "@ringfence/media";
import { expect } from "vitest";
import { rtpPacket, UdpHost } from "./udp-host.ts";

export const us = "127.0.0.1";
export const phoneAddress = "127.0.0.2";
const pbxAddress = "127.0.0.3";

const shared = {
  localAddress: us,
  advertisedAddress: us,
  secureSignalling: true,
  suites: ["AES_CM_128_HMAC_SHA1_80"],
  keying: ["sdes"],
  browser: false,
  t38: false,
} as const;
const phoneLeg: LegMedia = { ...shared, side: "phone", signallingAddress: phoneAddress, srtp: "off" };
const coreLeg: LegMedia = { ...shared, side: "core", signallingAddress: pbxAddress, srtp: "off" };

export interface PhoneSetup {
  /** What the phone writes in its SDP; default its real address. */
  readonly sdpAddress?: string;
  /** Its SRTP key; undefined: plain RTP. */
  readonly key?: Uint8Array;
}

export class MediaCall {
  readonly phone: UdpHost;
  readonly pbx: UdpHost;
  /** Our RTP ports towards each. */
  phonePort = 0;
  pbxPort = 0;
  /** Our key towards the phone. */
  ourKey = new Uint8Array(0);
  readonly #media: Media;
  readonly #id: string;
  readonly #setup: PhoneSetup;
  #sequence = 0;

  private constructor(media: Media, id: string, setup: PhoneSetup, phone: UdpHost, pbx: UdpHost) {
    this.#media = media;
    this.#id = id;
    this.#setup = setup;
    this.phone = phone;
    this.pbx = pbx;
  }

  static async start(media: Media, id: string, setup: PhoneSetup = {}): Promise<MediaCall> {
    const call = new MediaCall(media, id, setup, await UdpHost.open(phoneAddress), await UdpHost.open(pbxAddress));
    await call.exchange();
    return call;
  }

  /** Offer by the phone, answer by the PBX: the first time an INVITE, then a re-INVITE. */
  async exchange(direction: "sendrecv" | "sendonly" = "sendrecv", whileOpen?: () => Promise<void>): Promise<void> {
    const { key, sdpAddress = phoneAddress } = this.#setup;
    const crypto = key && [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from(key).toString("base64")}`];
    const head = `m=audio ${this.phone.port} RTP/${key ? "SAVP" : "AVP"} 0`;
    const leg: LegMedia = { ...phoneLeg, srtp: key ? "required" : "off" };
    const offer = sdp(sdpAddress, head, ...(crypto ?? []), `a=${direction}`);
    const toPbx = textOf(await this.#media.offer(this.#id, "a", offer, { a: leg, b: coreLeg }));
    await whileOpen?.();
    const answer = sdp(
      pbxAddress,
      `m=audio ${this.pbx.port} RTP/AVP 0`,
      direction === "sendrecv" ? "a=sendrecv" : "a=recvonly",
    );
    const toPhone = textOf(await this.#media.answer(this.#id, "b", answer));
    this.pbxPort = portOf(toPbx);
    this.phonePort = portOf(toPhone);
    this.ourKey = Buffer.from(toPhone.split("inline:")[1]?.split("\r\n")[0] ?? "", "base64");
  }

  /** A packet of the phone's is heard by the PBX. Sent again until it is: the first may come before the keys are in place. */
  async phoneIsHeard(from: UdpHost = this.phone): Promise<void> {
    expect((await this.#until(from, this.phonePort, this.pbx)).port).toBe(this.pbxPort);
  }

  async pbxIsHeard(by: UdpHost = this.phone): Promise<void> {
    expect((await this.#until(this.pbx, this.pbxPort, by)).port).toBe(this.phonePort);
  }

  close(): void {
    this.phone.close();
    this.pbx.close();
  }

  async #until(from: UdpHost, port: number, to: UdpHost) {
    to.drain();
    const arrived = to.next();
    const send = () => from.send(rtpPacket({ sequence: ++this.#sequence, ssrc: from.port }), port, us);
    const again = setInterval(() => void send(), 5);
    await send();
    const datagram = await arrived;
    clearInterval(again);
    return datagram;
  }
}

function sdp(address: string, ...lines: readonly string[]): Uint8Array {
  const text = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", ...lines, ""].join("\r\n");
  return Buffer.from(text, "latin1");
}

function textOf(result: Awaited<ReturnType<Media["offer"]>>): string {
  if (!result.ok) throw new Error(`${result.status} ${result.reason}`);
  return Buffer.from(result.sdp).toString("latin1");
}

function portOf(text: string): number {
  return Number(text.split("m=audio ")[1]?.split(" ")[0]);
}
