/** A party that answers and asks at random, but in its own dialogs and with the numbers it was given: hostile by chance. */
import type { Message, Request } from "@ringfence/sip";
import type { Party } from "./edge-world.ts";
import { answer, branch, inDialogLines, offer, replyLines } from "./sip-script.ts";

type Dialog = Parameters<typeof inDialogLines>[2];

const methods = "ACK BYE INFO INVITE MESSAGE NOTIFY OPTIONS PRACK REFER SUBSCRIBE UPDATE".split(" ");
const provisionals = ["100 Trying", "180 Ringing", "183 Session Progress", "199 Early Dialog Terminated"];
const finals = ["200 OK", "200 OK", "202 Accepted", "302 Moved", "407 Auth", "408 Late", "481 Gone", "486 Busy"].concat(
  "491 Pending",
  "500 Oops",
  "503 Full",
);
const sdp = "Content-Type: application/sdp";

export class RandomParty {
  readonly #party: Party;
  readonly #random: () => number;
  readonly #target: string;
  readonly #dialogs: Dialog[] = [];
  readonly #open: Request[] = [];
  #seq = 100;
  #rack = "1 1 INVITE";
  readonly #rseqs = new Map<string, number>();

  constructor(party: Party, target: string, random: () => number) {
    this.#party = party;
    this.#target = target;
    this.#random = random;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  /** Reads what came, so that later steps can refer to it. */
  read(): void {
    for (const { message } of this.#party.inbox.splice(0)) this.#learn(message);
    this.#open.splice(0, Math.max(0, this.#open.length - 8));
    this.#dialogs.splice(0, Math.max(0, this.#dialogs.length - 8));
  }

  #learn(message: Message): void {
    const from = message.headers.get("From") ?? "";
    const to = message.headers.get("To") ?? "";
    const { callId } = message;
    if (message.kind === "request") {
      if (message.method !== "ACK") this.#open.push(message);
      return;
    }
    const rseq = message.headers.get("RSeq");
    if (rseq !== undefined) this.#rack = `${rseq} ${message.cseq.number} INVITE`;
    if (message.to.tag !== undefined) this.#dialogs.push({ target: this.#target, from, to, callId, cseq: 0 });
  }

  step(): void {
    this.read();
    if (this.#random() < 0.6) this.#answer();
    else this.#ask();
  }

  #answer(): void {
    const request = this.#pick(this.#open);
    if (request === undefined) return;
    const invite = request.method === "INVITE";
    const early = invite && this.#random() < 0.6;
    const line = this.#pick(early ? provisionals : finals) ?? "";
    const tag = this.#random() < 0.8 ? "one" : "two";
    const key = `${request.callId} ${tag}`;
    const reliable = early && this.#random() < 0.5;
    const rseq = (this.#rseqs.get(key) ?? 40) + 1;
    if (reliable && this.#random() < 0.8) this.#rseqs.set(key, rseq);
    const extra = [`Contact: <${this.#target}>`, ...(reliable ? ["Require: 100rel", `RSeq: ${rseq}`] : [])];
    const body = this.#random() < 0.6 && (invite || request.method === "UPDATE" || request.method === "PRACK");
    this.#party.send([...replyLines(request, line, [...extra, ...(body ? [sdp] : [])], tag)], body ? answer : "");
    const to = request.headers.get("To") ?? "";
    const local = request.to.tag === undefined ? `${to};tag=${tag}` : to;
    const remote = request.headers.get("From") ?? "";
    this.#dialogs.push({ target: this.#target, from: local, to: remote, callId: request.callId, cseq: 0 });
    if (!early && this.#random() < 0.9) this.#open.splice(this.#open.indexOf(request), 1);
  }

  #ask(): void {
    const dialog = this.#pick(this.#dialogs);
    const method = this.#pick(methods) ?? "INFO";
    if (dialog === undefined) return;
    const body = this.#random() < 0.6 && ["INVITE", "UPDATE", "PRACK", "ACK"].includes(method);
    const cseq = method === "ACK" && this.#random() < 0.7 ? this.#seq : ++this.#seq;
    const extra = [
      `Contact: <${this.#target}>`,
      `RAck: ${this.#random() < 0.8 ? this.#rack : "7 7 INVITE"}`,
      "Refer-To: <sip:1002@pbx.example.com>",
      `Event: ${this.#pick(["refer", "dialog", "presence"])}`,
      `Subscription-State: ${this.#pick(["active;expires=90", "terminated", "nonsense"])}`,
    ];
    const lines = inDialogLines(this.#party, method, { ...dialog, cseq }, [...extra, ...(body ? [sdp] : [])]);
    this.#party.send(lines, body ? offer : "");
  }

  /** Asks for something out of a dialog, `lines` being all but Via, Call-ID and CSeq. */
  begin(method: string, lines: readonly string[], body = ""): void {
    const { address, port } = this.#party.flow.packetSource;
    this.#party.send(
      [
        lines[0] ?? "",
        `Via: SIP/2.0/UDP ${address}:${port};branch=${branch()};rport`,
        `Call-ID: random-${branch()}`,
        `CSeq: ${++this.#seq} ${method}`,
        `Contact: <${this.#target}>`,
        "Max-Forwards: 70",
        ...lines.slice(1),
      ],
      body,
    );
  }
}
