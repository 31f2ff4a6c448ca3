/** Calls from a carrier to the PBX and back, each with a place among the voices: INVITE, 200, ACK, talk, BYE, over UDP. */

import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import type { Place } from "./phones.ts";
import type { SoakVoices } from "./soak-voices.ts";

interface SoakCall {
  readonly place: number;
  readonly number: number;
  readonly key: Buffer | undefined;
  /** Where Ringfence listens towards the PBX, once its INVITE was seen there. */
  towardsPbx: Place;
  /** To and Route of requests inside the dialog, once answered. */
  dialog: { readonly to: string; readonly target: string } | undefined;
  ended: (how: "done" | "failed") => void;
}

export interface SoakSite {
  readonly entry: Place;
  readonly caller: Place;
  readonly pbx: Place;
}

/** Longest wait for an answer to INVITE or BYE. Nothing is sent twice: on loopback a lost request is a finding. */
const ANSWER_MS = 8_000;
const BEGIN_MS = 100;
/** What is under way arrives before the call ends, also on a machine that has more to do than it can. */
const SETTLE_MS = 2_000;

function header(text: string, name: string): string {
  const line = text.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? "" : line.slice(name.length + 1).trim();
}

function mediaOf(text: string): Place {
  const after = (mark: string): string => text.split(mark)[1]?.split("\r\n")[0] ?? "";
  return { address: after("c=IN IP4 "), port: Number.parseInt(after("m=audio "), 10) };
}

function sdp({ address, port }: Place, key: Buffer | undefined): string {
  const crypto = key && `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key.toString("base64")}`;
  const profile = key === undefined ? "RTP/AVP" : "RTP/SAVP";
  const lines = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0"];
  return [...lines, `m=audio ${port} ${profile} 0`, ...(crypto === undefined ? [] : [crypto]), ""].join("\r\n");
}

export class SoakCalls {
  readonly #site: SoakSite;
  readonly #voices: SoakVoices;
  readonly #carrier: Socket;
  readonly #pbx: Socket;
  readonly #calls = new Map<string, SoakCall>();
  #numbers = 0;

  private constructor(site: SoakSite, voices: SoakVoices, carrier: Socket, pbx: Socket) {
    [this.#site, this.#voices, this.#carrier, this.#pbx] = [site, voices, carrier, pbx];
    carrier.on("message", (bytes) => this.#onCarrier(bytes.toString("latin1")));
    pbx.on("message", (bytes, from) => this.#onPbx(bytes.toString("latin1"), from));
  }

  static async open(site: SoakSite, voices: SoakVoices): Promise<SoakCalls> {
    return new SoakCalls(site, voices, await bound(site.caller), await bound(site.pbx));
  }

  /** One call from its INVITE to the answer to its BYE. */
  async run(place: number, talkMs: number, secure: boolean): Promise<"done" | "failed"> {
    const number = ++this.#numbers;
    const callId = `soak-${number}`;
    const key = secure ? randomBytes(30) : undefined;
    const call: SoakCall = {
      place,
      number,
      key,
      towardsPbx: { address: "", port: 0 },
      dialog: undefined,
      ended: () => {},
    };
    this.#calls.set(callId, call);
    const answered = await this.#awaited(call, () => this.#invite(callId, call));
    if (answered === "done") {
      await pause(talkMs);
      this.#voices.silence(place);
      await pause(SETTLE_MS);
      const over = await this.#awaited(call, () => this.#inDialog(callId, call, "BYE", 2));
      this.#calls.delete(callId);
      return over;
    }
    this.#calls.delete(callId);
    return "failed";
  }

  close(): void {
    this.#carrier.close();
    this.#pbx.close();
  }

  #awaited(call: SoakCall, begin: () => void): Promise<"done" | "failed"> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve("failed"), ANSWER_MS);
      call.ended = (how) => {
        clearTimeout(timer);
        resolve(how);
      };
      begin();
    });
  }

  #invite(callId: string, call: SoakCall): void {
    const body = sdp(this.#voices.phone, call.key);
    this.#toRingfence(
      "INVITE",
      `sip:+1555${String(call.number).padStart(7, "0")}@bench.example.com`,
      callId,
      call,
      1,
      body,
    );
  }

  #inDialog(callId: string, call: SoakCall, method: "ACK" | "BYE", cseq: number): void {
    this.#toRingfence(method, call.dialog?.target ?? "", callId, call, cseq, "");
  }

  #toRingfence(method: string, uri: string, callId: string, call: SoakCall, cseq: number, body: string): void {
    const { caller, entry } = this.#site;
    const here = `${caller.address}:${caller.port}`;
    const type = body === "" ? [] : ["Content-Type: application/sdp"];
    const text = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=z9hG4bK${callId}-${method}${cseq};rport`,
      "Max-Forwards: 70",
      `From: <sip:+4930123456@${here}>;tag=${callId}`,
      `To: ${call.dialog?.to ?? `<${uri}>`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:soak@${here}>`,
      ...type,
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
    this.#carrier.send(text, entry.port, entry.address);
  }

  #onCarrier(text: string): void {
    if (!text.startsWith("SIP/2.0 ")) return;
    const callId = header(text, "Call-ID");
    const call = this.#calls.get(callId);
    const status = Number(text.slice(8, 11));
    if (call === undefined || status < 200) return;
    const method = header(text, "CSeq").split(" ")[1];
    if (status >= 300) call.ended("failed");
    else if (method === "BYE") call.ended("done");
    else if (method === "INVITE" && call.dialog === undefined) {
      const contact = header(text, "Contact");
      call.dialog = { to: header(text, "To"), target: contact.slice(contact.indexOf("<") + 1, contact.indexOf(">")) };
      this.#inDialog(callId, call, "ACK", 1);
      // What a party sends before the relay has heard of it is dropped, and that is no loss: a phone too needs a moment.
      setTimeout(() => this.#voices.speak(call.place, mediaOf(text), call.towardsPbx, call.key), BEGIN_MS);
      call.ended("done");
    }
  }

  #onPbx(text: string, from: Place): void {
    if (text.startsWith("SIP/2.0 ") || text.startsWith("ACK ")) return;
    const isInvite = text.startsWith("INVITE ");
    if (isInvite) this.#noteMedia(text);
    const body = isInvite ? sdp(this.#voices.pbx, undefined) : "";
    const copied = text
      .split("\r\n")
      .filter((line) => ["via:", "from:", "call-id:", "cseq:"].some((name) => line.toLowerCase().startsWith(name)));
    const to = header(text, "To");
    const answer = [
      "SIP/2.0 200 OK",
      ...copied,
      `To: ${to}${to.includes(";tag=") ? "" : ";tag=soak"}`,
      `Contact: <sip:soak@${this.#site.pbx.address}:${this.#site.pbx.port}>`,
      ...(isInvite ? ["Content-Type: application/sdp"] : []),
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
    this.#pbx.send(answer, from.port, from.address);
  }

  /** The dialled number names the call: nothing else of the carrier's side is seen here. */
  #noteMedia(text: string): void {
    const user = text.slice("INVITE sip:".length, text.indexOf("@"));
    const call = this.#calls.get(`soak-${Number(user.slice(-7))}`);
    if (call !== undefined) call.towardsPbx = mediaOf(text);
  }
}

async function bound(at: Place): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
  return socket;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
