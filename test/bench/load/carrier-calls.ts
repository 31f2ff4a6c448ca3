/** SIP of calls from a carrier to the PBX, as both of them over UDP: INVITE, re-INVITE, BYE. What is said in between is not its matter. */
import { createSocket, type Socket } from "node:dgram";
import type { Place } from "./phones.ts";

export interface CarrierSite {
  readonly entry: Place;
  readonly caller: Place;
  readonly pbx: Place;
}

/** Where the relay listens, for the carrier's side and for the PBX. */
export interface RelayPlaces {
  readonly phone: Place;
  readonly pbx: Place;
}

/** How a relay is told of calls. */
export interface CallControl {
  /** Of a new call, and in one that stands of what changes. @param number names the call */
  exchange(number: number, offer: string, answer: string): Promise<RelayPlaces | undefined>;
  /** @returns whether it was answered */
  hangUp(number: number): Promise<boolean>;
  close(): void;
}

interface Call {
  readonly id: string;
  readonly number: number;
  cseq: number;
  /** What the PBX answers the INVITE that is under way. */
  answer: string;
  towardsPbx: Place;
  /** To and Route of requests inside the dialog, once answered. */
  dialog: { readonly to: string; readonly target: string } | undefined;
  /** Undefined: it was refused, or never answered. */
  ended: (answer: string | undefined) => void;
}

/** Where no packet is lost nothing is sent twice, and an answer that is missing so long is a finding. */
const ANSWER_MS = 8_000;
/** RFC 3261 §17.1.1.2: what timers A and B begin and end with. */
const AGAIN_MS = 500;
const INSISTENT_MS = 32_000;

function header(text: string, name: string): string {
  const line = text.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line === undefined ? "" : line.slice(name.length + 1).trim();
}

export function mediaOf(text: string): Place {
  const after = (mark: string): string => text.split(mark)[1]?.split("\r\n")[0] ?? "";
  return { address: after("c=IN IP4 "), port: Number.parseInt(after("m=audio "), 10) };
}

/** Audio at that place, with SDES when there is a key. @param more attribute lines; @param version of the session (RFC 3264 §8) */
export function audioAt({ address, port }: Place, key?: Buffer, more: readonly string[] = [], version = 1): string {
  const crypto = key && `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key.toString("base64")}`;
  const profile = key === undefined ? "RTP/AVP" : "RTP/SAVP";
  const lines = ["v=0", `o=- 1 ${version} IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0"];
  const media = [`m=audio ${port} ${profile} 0`, ...(crypto === undefined ? [] : [crypto]), ...more, ""];
  return [...lines, ...media].join("\r\n");
}

export class CarrierCalls implements CallControl {
  readonly #site: CarrierSite;
  readonly #carrier: Socket;
  readonly #pbx: Socket;
  readonly #calls = new Map<number, Call>();
  readonly #insists: boolean;
  readonly #failures = new Map<string, number>();

  private constructor(site: CarrierSite, insists: boolean, [carrier, pbx]: readonly [Socket, Socket]) {
    [this.#site, this.#insists, this.#carrier, this.#pbx] = [site, insists, carrier, pbx];
    carrier.on("message", (bytes) => this.#onCarrier(bytes.toString("latin1")));
    pbx.on("message", (bytes, from) => this.#onPbx(bytes.toString("latin1"), from));
  }

  /** @param insists sends again what is not answered */
  static async open(site: CarrierSite, insists = false): Promise<CarrierCalls> {
    return new CarrierCalls(site, insists, [await bound(site.caller), await bound(site.pbx)]);
  }

  /** How often which request got which answer that was no yes, or none. */
  get failures(): ReadonlyMap<string, number> {
    return this.#failures;
  }

  /** INVITE, and in a call that stands a re-INVITE. The number is the one that is dialled. */
  async exchange(number: number, offer: string, answer: string): Promise<RelayPlaces | undefined> {
    const call = this.#calls.get(number) ?? this.#newCall(number);
    call.answer = answer;
    const got = await this.#ask(call, "INVITE", offer);
    if (got !== undefined) return { phone: mediaOf(got), pbx: call.towardsPbx };
    if (call.dialog === undefined) this.#calls.delete(number);
    return undefined;
  }

  async hangUp(number: number): Promise<boolean> {
    const call = this.#calls.get(number);
    if (call === undefined) return false;
    const got = await this.#ask(call, "BYE", "");
    this.#calls.delete(number);
    return got !== undefined;
  }

  close(): void {
    this.#carrier.close();
    this.#pbx.close();
  }

  #newCall(number: number): Call {
    const towardsPbx = { address: "", port: 0 };
    const call = { id: `c-${number}`, number, cseq: 0, answer: "", towardsPbx, dialog: undefined, ended: () => {} };
    this.#calls.set(number, call);
    return call;
  }

  #ask(call: Call, method: "INVITE" | "BYE", body: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      call.cseq++;
      const send = () => this.#send(call, method, body);
      const again = this.#insists ? setInterval(send, AGAIN_MS) : undefined;
      call.ended = (answer) => {
        clearTimeout(timer);
        clearInterval(again);
        resolve(answer);
      };
      const timer = setTimeout(
        () => {
          this.#failed(method, "no answer");
          call.ended(undefined);
        },
        this.#insists ? INSISTENT_MS : ANSWER_MS,
      );
      send();
    });
  }

  #failed(method: string, answer: string): void {
    const what = `${method}: ${answer}`;
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1);
  }

  #send(call: Call, method: "INVITE" | "ACK" | "BYE", body: string): void {
    const { caller, entry } = this.#site;
    const here = `${caller.address}:${caller.port}`;
    const uri = call.dialog?.target ?? `sip:+1555${String(call.number).padStart(7, "0")}@bench.example.com`;
    const text = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=z9hG4bK${call.id}-${method}${call.cseq};rport`,
      "Max-Forwards: 70",
      `From: <sip:+4930123456@${here}>;tag=${call.id}`,
      `To: ${call.dialog?.to ?? `<${uri}>`}`,
      `Call-ID: ${call.id}`,
      `CSeq: ${call.cseq} ${method}`,
      `Contact: <sip:bench@${here}>`,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
    this.#carrier.send(text, entry.port, entry.address);
  }

  #onCarrier(text: string): void {
    const call = this.#calls.get(Number(header(text, "Call-ID").slice("c-".length)));
    const status = text.startsWith("SIP/2.0 ") ? Number(text.slice(8, 11)) : 0;
    const [cseq, method] = header(text, "CSeq").split(" ");
    if (call === undefined || status < 200 || Number(cseq) !== call.cseq) return;
    if (method === "INVITE" && status < 300) {
      const contact = header(text, "Contact");
      call.dialog = { to: header(text, "To"), target: contact.slice(contact.indexOf("<") + 1, contact.indexOf(">")) };
    }
    if (method === "INVITE") this.#send(call, "ACK", "");
    if (status >= 300) this.#failed(method ?? "", text.slice("SIP/2.0 ".length, text.indexOf("\r\n")));
    call.ended(status < 300 ? text : undefined);
  }

  #onPbx(text: string, from: Place): void {
    if (text.startsWith("SIP/2.0 ") || text.startsWith("ACK ")) return;
    const call = text.startsWith("INVITE ") ? this.#calls.get(dialled(text)) : undefined;
    if (call !== undefined) call.towardsPbx = mediaOf(text);
    const body = call?.answer ?? "";
    const copied = text
      .split("\r\n")
      .filter((line) => ["via:", "from:", "call-id:", "cseq:"].some((name) => line.toLowerCase().startsWith(name)));
    const to = header(text, "To");
    const answer = [
      "SIP/2.0 200 OK",
      ...copied,
      `To: ${to}${to.includes(";tag=") ? "" : ";tag=bench"}`,
      // A re-INVITE comes to this name.
      `Contact: <sip:+1555${String(call?.number ?? 0).padStart(7, "0")}@${this.#site.pbx.address}:${this.#site.pbx.port}>`,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
    this.#pbx.send(answer, from.port, from.address);
  }
}

/** The dialled number names the call: nothing else of the carrier's side is seen by the PBX. */
function dialled(text: string): number {
  return Number(text.slice("INVITE sip:".length, text.indexOf("@")).slice(-7));
}

async function bound(at: Place): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
  await new Promise<void>((resolve) => socket.bind(at.port, at.address, resolve));
  return socket;
}
