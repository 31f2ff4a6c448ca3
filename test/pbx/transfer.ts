import { Branch, type Destination, type Ringing } from "./branch.ts";
import type { Call } from "./call.ts";
import { CallMedia, type Side } from "./call-media.ts";
import type { Caller } from "./caller.ts";
import { destinationsOf, type Service } from "./dial-plan.ts";
import type { Leg } from "./leg.ts";
import type { Replaced } from "./refer.ts";
import { ReferReport } from "./refer-report.ts";
import { formatsFor, startSound } from "./service.ts";
import type { SipResponse } from "./sip-message.ts";
import { reinviteAlone } from "./solo-reinvite.ts";

const mostForwards = 5;

/** One REFER at work: the far party of a call gets somebody else in place of the party that asked. */
export class Transfer implements Ringing {
  readonly branches = new Set<Branch>();
  readonly #call: Call;
  /** Who asked, and who is transferred. */
  readonly #asking: Leg;
  readonly #moved: Leg;
  readonly #from: Side;
  readonly #media: CallMedia;
  readonly #report: ReferReport;
  /** Where the transferred party is going. */
  #number = "";
  #done = false;
  #answered = false;
  /** The asking party hung up already; RFC 5589 §6.1 lets it. */
  #alone = false;
  #stopRinging: () => void = () => {};

  constructor(asking: Leg, moved: Leg) {
    this.#call = asking.call;
    this.#asking = asking;
    this.#moved = moved;
    this.#from = moved.side;
    this.#media = new CallMedia(this.#call.core.knobs, this.#call.core.ports);
    this.#report = new ReferReport(asking);
    this.#call.transfer = this;
    this.#report.say(100);
  }

  get open(): boolean {
    return !this.#done && !this.#answered;
  }

  /** To a number, which rings while the two still have each other. */
  blind(number: string, then: () => void = () => {}): void {
    const { core } = this.#call;
    let plan = destinationsOf(core, this.#caller(), number);
    for (let i = 0; plan.kind === "forward" && i < mostForwards; i += 1) {
      plan = destinationsOf(core, this.#caller(), plan.number);
    }
    if (plan.kind === "service") this.#toService(plan.service, number, then);
    else if (plan.kind === "ring") this.#dial(plan.destinations, number);
    else this.#fail(plan.kind === "refuse" ? plan.status : 480);
  }

  /** The number that the new party is shown is the transferred one; the rights are those of who asked. */
  #caller(): Caller {
    const { core, caller } = this.#call;
    const account = core.data.accounts.get(this.#asking.extension ?? "");
    return account === undefined ? caller : { kind: "user", number: this.#moved.number, account };
  }

  #dial(destinations: readonly Destination[], number: string): void {
    const offer = this.#media.takeOver(this.#call.media, this.#from);
    if (!offer.ok) {
      this.#fail(offer.status);
      return;
    }
    const { timers, knobs } = this.#call.core;
    this.#stopRinging = timers.after(knobs.ringTimeout * 1000, () => this.#fail(480));
    this.#number = number;
    this.ring(destinations, offer.sdp);
  }

  ring(destinations: readonly Destination[], offer: Buffer | undefined): void {
    for (const destination of destinations) this.branches.add(new Branch(this, this.#call, destination, offer));
  }

  progress(status: number): void {
    if (status === 180) this.#report.say(180);
  }

  won(branch: Branch, response: SipResponse): void {
    this.#answered = true;
    this.branches.delete(branch);
    for (const rival of this.branches) rival.cancel();
    branch.leg.ack(branch.seq, branch.credentials);
    this.#settle(branch.leg, response.body, () => {
      this.#call.become(this.#moved, branch.leg, this.#media);
      this.#succeed();
    });
  }

  lost(branch: Branch, status: number): void {
    this.branches.delete(branch);
    if (this.branches.size === 0 && this.open) this.#fail(status);
  }

  /** To the other party of another call of who asked: the two are joined (RFC 5589 §7). */
  attended(replaced: Replaced): void {
    const { core } = this.#call;
    const second = core.legs.get(`${replaced.callId} ${replaced.toTag}`);
    const other = second?.call;
    if (!second || !other || second.remoteTag !== replaced.fromTag || other === this.#call || second.detached) {
      this.#fail(481);
      return;
    }
    const target = other.leg(second.side === "a" ? "b" : "a");
    if (other.state !== "answered") this.#fail(481);
    else if (target === undefined) this.blind(other.called, () => other.hangUp("pbx"));
    else this.#join(other, target);
  }

  #join(other: Call, target: Leg): void {
    const offer = this.#media.takeOver(this.#call.media, this.#from, { media: other.media, side: target.side });
    if (!offer.ok) {
      this.#fail(offer.status);
      return;
    }
    this.#number = target.number;
    this.#answered = true;
    reinviteAlone(target, offer.sdp, (answer) => {
      if (this.#done) return;
      if (answer === undefined) {
        this.#fail(488);
        return;
      }
      this.#settle(target, answer, () => {
        other.giveUp(target);
        this.#call.become(this.#moved, target, this.#media);
        this.#succeed();
      });
    });
  }

  /** The new party's SDP goes to the transferred one, and its answer ends the matter. */
  #settle(target: Leg, body: Buffer, then: () => void): void {
    const offer = this.#media.translate("b", "answer", body);
    if (this.#done || !offer.ok) {
      target.bye();
      target.forget();
      this.#fail(488);
      return;
    }
    reinviteAlone(this.#moved, offer.sdp, (answer) => {
      if (this.#done || answer === undefined || !this.#media.translate("a", "answer", answer).ok) {
        target.bye();
        target.forget();
        this.#fail(488);
      } else then();
    });
  }

  #toService(service: Service, number: string, then: () => void): void {
    const offer = this.#media.takeOver(this.#call.media, this.#from);
    const body = offer.ok ? this.#media.answerSelf("a", this.#media.lastBody("a"), formatsFor(service)) : offer;
    if (!body.ok) {
      this.#fail(body.status);
      return;
    }
    this.#number = number;
    this.#answered = true;
    reinviteAlone(this.#moved, body.sdp, (answer) => {
      if (this.#done) return;
      if (answer === undefined || !this.#media.answerSelf("a", answer, formatsFor(service)).ok) {
        this.#fail(488);
        return;
      }
      this.#call.become(this.#moved, undefined, this.#media);
      startSound(this.#call, service);
      this.#succeed();
      then();
    });
  }

  #succeed(): void {
    this.#done = true;
    this.#stopRinging();
    const { core, caller } = this.#call;
    const account = core.data.accounts.get(this.#moved.extension ?? "");
    const { number } = this.#moved;
    this.#call.caller = account === undefined ? { ...caller, number } : { kind: "user", number, account };
    this.#call.called = this.#number;
    const extensions = [this.#call.a.extension, this.#call.b?.extension];
    const holders = extensions.flatMap((user) => (user === undefined ? [] : [`user:${user}`]));
    this.#call.holders.splice(0, this.#call.holders.length, ...holders);
    this.#asking.detached = true;
    this.#report.say(200, () => {
      if (!core.knobs.referBye && !this.#alone) return;
      // It may have hung up itself meanwhile.
      if (!this.#alone && core.legs.has(this.#asking.key)) this.#asking.bye();
      this.#asking.forget();
    });
  }

  #fail(status: number): void {
    if (this.#done) return;
    this.#end();
    this.#report.say(status);
    if (this.#alone) this.#call.hangUp("pbx");
  }

  #end(): void {
    this.#done = true;
    this.#stopRinging();
    this.#media.close();
    this.#call.transfer = undefined;
    for (const branch of this.branches) branch.cancel();
  }

  /** Whether the call goes on although this side hung up. */
  survives(side: Side): boolean {
    if (side === this.#from || this.#done) return false;
    this.#alone = true;
    return true;
  }

  /** The call ended under the transfer. */
  abandon(): void {
    if (this.#done) return;
    this.#end();
    if (!this.#alone) this.#report.say(487);
  }
}
