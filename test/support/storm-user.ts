/**
 * A user agent that means well, at random: it rings, answers, refuses or stays silent; in a call it says this and that and
 * hangs up, perhaps at the moment the other does.
 */
import { type FlowRef, type OutRequest, type Request, type Response, uacDialog, uasDialog } from "@ringfence/sip";
import { answer, heldOffer, offer } from "./sip-script.ts";
import { type Headers, StormAgent, type Talk } from "./storm-agent.ts";

const refusals = [302, 404, 422, 480, 486, 488, 491, 500, 503, 603];
const wishes = ["INVITE", "INVITE", "UPDATE", "UPDATE", "INFO", "REFER", "MESSAGE", "OPTIONS"];

export class StormUser extends StormAgent {
  /** Contacts of the phones that registered here. */
  readonly phones: string[] = [];

  /** Asks for something out of a dialog. */
  ask(flow: FlowRef, request: OutRequest): void {
    const id = this.send(flow, request);
    if (id === undefined || request.method === "REGISTER") return;
    const talk = this.talk(flow, request.headers.get("Call-ID") ?? "");
    talk.sent = { id, request };
    this.byTransaction.set(id, talk);
    if (request.method !== "INVITE" || this.chance(0.85)) return;
    this.wire.later(this.wire.random() * 4_000, () => {
      if (talk.dialog !== undefined && talk.acknowledged) return;
      talk.cancelled = true;
      this.cancel(id);
    });
  }

  protected override onCancel(id: number, target: number | undefined, request: Request): void {
    const talk = this.talks.get(request.callId);
    this.respond(talk, id, request, target === undefined ? 481 : 200);
    const ringing = talk?.ringing;
    if (ringing === undefined || ringing.id !== target) return;
    this.respond(talk, ringing.id, ringing.request, 487);
    if (talk !== undefined) talk.ringing = undefined;
  }

  protected override onRequest(id: number, request: Request, flow: FlowRef): void {
    const { method, callId } = request;
    if (request.to.tag !== undefined) return this.#inDialog(id, request);
    if (method === "INVITE") return this.#rung(id, request, flow);
    if (method === "REGISTER") {
      const contact = request.headers.get("Contact") ?? "";
      this.phones.push(contact.slice(contact.indexOf("<") + 1, contact.indexOf(">")));
    }
    const talk = method === "SUBSCRIBE" ? this.talk(flow, callId) : undefined;
    if (talk !== undefined) talk.dialog = uasDialog(request, Buffer.from(this.wire.octets(4)).toString("hex"));
    this.respond(talk, id, request, 200, [["Expires", method === "REGISTER" ? "86400" : "60"], this.#own()]);
    if (talk !== undefined)
      this.say(talk, "NOTIFY", [
        ["Event", "dialog"],
        ["Subscription-State", "active;expires=60"],
      ]);
  }

  #own(): readonly [string, string] {
    return ["Contact", `<${this.contact}>`];
  }

  #rung(id: number, request: Request, flow: FlowRef): void {
    const talk = this.talk(flow, request.callId);
    talk.dialog = uasDialog(request, Buffer.from(this.wire.octets(4)).toString("hex"));
    talk.ringing = { id, request };
    if (this.chance(0.9)) this.respond(talk, id, request, 180, [this.#own()]);
    const reliable = request.headers.all("Supported").some((tags) => tags.includes("100rel")) && this.chance(0.4);
    const early: Headers = reliable
      ? [
          ["Require", "100rel"],
          ["RSeq", "7"],
        ]
      : [];
    if (reliable || this.chance(0.2)) {
      this.respond(talk, id, request, 183, [this.#own(), ...early], request.body.length > 0 ? answer : "");
    }
    if (this.chance(0.05)) return;
    this.wire.later(20 + this.wire.random() * 3_000, () => {
      if (talk.ringing?.id !== id) return;
      if (this.chance(0.2)) this.#refuse(talk, id, request);
      else this.#answer(talk, id, request);
    });
  }

  #refuse(talk: Talk, id: number, request: Request): void {
    talk.ringing = undefined;
    this.respond(talk, id, request, this.pick(refusals), [
      ["Contact", "<sip:elsewhere@198.51.100.99>"],
      ["Min-SE", "900"],
    ]);
  }

  #answer(talk: Talk, id: number, request: Request): void {
    talk.ringing = undefined;
    talk.acknowledged = false;
    const wanted = request.headers.has("Session-Expires") && this.chance(0.6);
    const refresher = this.pick(["uac", "uas"]);
    const timer: Headers = wanted ? [["Session-Expires", `${this.pick([90, 120])};refresher=${refresher}`]] : [];
    const allow = this.chance(0.5) ? "INVITE, ACK, BYE, CANCEL, UPDATE" : "INVITE, ACK, BYE, CANCEL";
    const say = () =>
      this.respond(
        talk,
        id,
        request,
        200,
        [this.#own(), ["Allow", allow], ...timer],
        request.body.length > 0 ? answer : offer,
      );
    say();
    const repeat = (wait: number, left: number): void =>
      this.wire.later(wait, () => {
        if (talk.acknowledged || talk.over || left < 0) return;
        say();
        repeat(Math.min(wait * 2, 4_000), left - wait);
      });
    repeat(500, 32_000);
    if (request.to.tag === undefined) this.#live(talk);
  }

  #inDialog(id: number, request: Request): void {
    const talk = this.talks.get(request.callId);
    if (talk?.dialog === undefined || talk.over) return this.respond(undefined, id, request, 481);
    const { method } = request;
    if (method === "BYE") {
      talk.over = true;
      return this.respond(talk, id, request, 200);
    }
    if (method !== "PRACK" && this.chance(0.15)) return this.respond(talk, id, request, this.pick(refusals));
    if (method === "INVITE") return this.#answer(talk, id, request);
    const offered = (method === "UPDATE" || method === "PRACK") && request.body.length > 0;
    this.respond(talk, id, request, method === "REFER" ? 202 : 200, [this.#own()], offered ? answer : "");
    if (method !== "REFER") return;
    this.say(talk, "NOTIFY", [
      ["Event", "refer"],
      ["Subscription-State", "terminated;reason=noresource"],
    ]);
  }

  protected override onResponse(id: number, response: Response): void {
    const talk = this.byTransaction.get(id);
    if (talk?.sent?.id !== id || response.status === 100) return;
    const { request } = talk.sent;
    if (response.status >= 300) return;
    if (request.method !== "INVITE") {
      talk.dialog = uacDialog(request, response);
      return;
    }
    const fresh = uacDialog(request, response);
    if (fresh !== undefined) talk.dialog = { ...fresh, localSeq: Math.max(fresh.localSeq, talk.dialog?.localSeq ?? 0) };
    if (response.status < 200) return this.#progress(talk, response);
    const first = !talk.acknowledged;
    talk.acknowledged = true;
    this.acknowledge(talk, request);
    if (talk.cancelled || talk.over) this.#hangUp(talk);
    else if (first && request.headers.get("To")?.includes("tag=") !== true) this.#live(talk);
  }

  #progress(talk: Talk, response: Response): void {
    const rseq = response.headers.get("RSeq");
    if (rseq !== undefined) this.say(talk, "PRACK", [["RAck", `${rseq} ${response.cseq.number} INVITE`]]);
  }

  #hangUp(talk: Talk): void {
    this.say(talk, "BYE", [["Reason", "Q.850;cause=16"]]);
    talk.over = true;
  }

  /** What happens in a call, until one side or both hang up, or nobody does. */
  #live(talk: Talk): void {
    const { later, random } = this.wire;
    for (let wish = Math.floor(random() * 3); wish > 0; wish--) later(random() * 20_000, () => this.#wish(talk));
    if (this.chance(0.7)) later(random() * 30_000, () => !talk.over && this.#hangUp(talk));
  }

  #wish(talk: Talk): void {
    const method = this.pick(wishes);
    const talks = method === "INVITE" || (method === "UPDATE" && this.chance(0.5));
    const timer: Headers = this.chance(0.3)
      ? [
          ["Supported", "timer"],
          ["Session-Expires", "90"],
        ]
      : [];
    const extra: Headers = method === "REFER" ? [["Refer-To", "<sip:1002@pbx.example.com>"]] : timer;
    this.say(talk, method, extra, talks ? this.pick([offer, heldOffer]) : "");
    const { sent } = talk;
    if (method === "INVITE" && sent !== undefined && this.chance(0.2)) {
      this.wire.later(this.wire.random() * 300, () => this.cancel(sent.id));
    }
  }
}
