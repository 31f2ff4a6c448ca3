import type { Outgoing } from "./client-transaction.ts";
import { type Core, productName } from "./core.ts";
import { lineUser } from "./dial-plan.ts";
import { answerChallenge } from "./digest.ts";
import { ownContact } from "./leg.ts";
import type { Line } from "./pbx-data.ts";
import { parseNameAddr } from "./sip-address.ts";
import { type Header, header, headerList, readCount, type SipResponse } from "./sip-message.ts";
import { newCallId, newTag } from "./timers.ts";

const retryMs = 30_000;
/** A grant is renewed before it ends; a very short one is not renewed more than once a second. */
const renewShare = 0.5;

/** REGISTER client of one external line: one Call-ID for ever and CSeq + 1, unless the knob breaks that. */
export class ExternalLine {
  readonly line: Line;
  registered = false;
  /** Status of the last final answer, 0 before. */
  lastStatus = 0;
  readonly #core: Core;
  #callId = newCallId();
  #seq = 0;
  #stopWaiting: () => void = () => {};

  constructor(core: Core, line: Line) {
    this.#core = core;
    this.line = line;
  }

  register(): void {
    if (!this.#core.knobs.sameRegisterCallId) this.#callId = newCallId();
    this.#send([]);
  }

  #send(credentials: readonly Header[]): void {
    const { line } = this;
    const flow = this.#core.transport.flowTo(line.transport, line.address, line.port);
    if (flow === undefined) return;
    this.#seq += 1;
    const aor = `<sip:${lineUser(line)}@${line.domain}>`;
    const request: Outgoing = {
      method: "REGISTER",
      uri: `sip:${line.domain}`,
      headers: [
        ["From", `${aor};tag=${newTag()}`],
        ["To", aor],
        ["CSeq", `${this.#seq} REGISTER`],
        ["Call-ID", this.#callId],
        ["Contact", ownContact(this.#core, flow, lineUser(line))],
        ["User-Agent", productName],
        ["Expires", String(this.#core.knobs.lineExpires)],
        ["Max-Forwards", "70"],
        ...credentials,
      ],
    };
    this.#core.client.send(request, flow, {
      response: (response) => this.#receive(response, credentials.length > 0),
      timeout: () => this.#later(retryMs),
    });
  }

  #receive(response: SipResponse, authorized: boolean): void {
    if (response.status < 200) return;
    this.lastStatus = response.status;
    if (response.status < 300) {
      this.registered = true;
      this.#later(Math.max(1000, this.#granted(response) * 1000 * renewShare));
      return;
    }
    this.registered = false;
    const proxy = response.status === 407;
    if (!authorized && (proxy || response.status === 401)) {
      const challenge = header(response, proxy ? "proxy-authenticate" : "www-authenticate") ?? "";
      const who = { user: this.line.authUser, password: this.line.password };
      const value = answerChallenge(challenge, who, "REGISTER", `sip:${this.line.domain}`);
      if (value !== undefined) {
        this.#send([[proxy ? "Proxy-Authorization" : "Authorization", value]]);
        return;
      }
    }
    this.#later(retryMs);
  }

  #granted(response: SipResponse): number {
    const contact = parseNameAddr(headerList(response, "contact")[0] ?? "")?.params.get("expires");
    return readCount(contact ?? header(response, "expires") ?? "") ?? this.#core.knobs.lineExpires;
  }

  #later(ms: number): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#core.timers.after(ms, () => this.register());
  }
}
