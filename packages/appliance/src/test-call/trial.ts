/**
 * A test call step by step: register, call, answer, sound, end. What arrives and the time come in, what is to be sent and the report come
 * out. Every step has its patience, so it ends whatever the other side does.
 */
import { Deadlines, type Millis, type TimerHeap, type TxTimer } from "@ringfence/sip";
import { Conversation, packetTime } from "./conversation.ts";
import type { End, StepName } from "./order.ts";
import { Phone, type PhoneEvent, type PhoneOutput } from "./phone.ts";
import { endedTrouble, lostTrouble, refusedTrouble, sessionTrouble, type Trouble, unansweredTrouble } from "./said.ts";
import { ownKeys } from "./session.ts";
import { StepLog } from "./step-log.ts";
import type { TrialEnd, TrialInput, TrialOptions, TrialOutput } from "./trial-ports.ts";

type Stage = Exclude<StepName, "reach"> | "leave" | "over";
type Timer =
  | { readonly owner: "phone"; readonly end: End; readonly timer: TxTimer }
  | { readonly owner: "stage"; readonly stage: Stage }
  | { readonly owner: "tick" }
  | { readonly owner: "repeat" };

/** Of each stage; the sound has its own length. */
const patience: Readonly<Record<Stage, Millis>> = {
  register: 10_000,
  call: 10_000,
  answer: 20_000,
  /** After the last packet, for those that are on their way. */
  sound: 400,
  end: 5_000,
  leave: 3_000,
  over: 0,
};
const repeatEvery = 500;
/** What each stage waits for, of each phone. */
const expected: Readonly<Partial<Record<Stage, PhoneEvent["kind"]>>> = {
  register: "registered",
  answer: "established",
  end: "over",
  leave: "unregistered",
};
const purposes = { register: "register", call: "invite", answer: "invite", end: "bye", leave: "unregister" } as const;

export class Trial {
  readonly #options: TrialOptions;
  readonly #phones = new Map<End, Phone>();
  readonly #heap = new Deadlines<Timer>();
  readonly #log: StepLog;
  /** Who is registered, who has a call, and whose call is over. */
  readonly #reached = new Map<PhoneEvent["kind"], Set<End>>();
  readonly #out: TrialOutput[] = [];
  #stage: Stage = "register";
  #conversation: Conversation | undefined;

  constructor(options: TrialOptions, now: Millis) {
    this.#options = options;
    this.#log = new StepLog(options.reached, now);
    for (const place of options.ends) {
      const { end } = place;
      const arm: TimerHeap["arm"] = (at, timer) => this.#heap.arm(at, { owner: "phone", end, timer });
      const disarm: TimerHeap["disarm"] = (deadline) => this.#heap.disarm(deadline);
      this.#phones.set(end, phoneOf(options, place, { arm, disarm }));
    }
  }

  /** When the next `wake` is due. */
  get nextDeadline(): Millis | undefined {
    return this.#heap.next();
  }

  begin(now: Millis): readonly TrialOutput[] {
    this.#enter(now, "register");
    for (const end of this.#phones.keys()) this.#do(now, end, (phone) => phone.register(now, "register"));
    return this.#out.splice(0);
  }

  handle(now: Millis, input: TrialInput): readonly TrialOutput[] {
    switch (input.kind) {
      case "bytes":
        this.#do(now, input.end, (phone) => phone.onBytes(now, input.bytes));
        break;
      case "sound":
        this.#conversation?.take(input.end, input.bytes, input.from);
        break;
      case "lost":
        if (this.#stage !== "leave") this.#fail(now, lostTrouble(this.#nameOf(input.end)));
        this.#do(now, input.end, (phone) => phone.onLost(now));
        break;
      case "stop":
        this.#fail(now, { said: "it was stopped", remedy: "" });
        break;
      case "wake":
        for (let due = this.#heap.popDue(now); due !== undefined; due = this.#heap.popDue(now)) this.#onTimer(now, due);
    }
    return this.#out.splice(0);
  }

  #onTimer(now: Millis, timer: Timer): void {
    if (timer.owner === "phone") this.#do(now, timer.end, (phone) => phone.onTimer(now, timer.timer));
    else if (timer.owner === "tick") this.#talk(now);
    else if (timer.owner === "repeat") this.#repeat(now);
    else if (timer.stage === this.#stage) this.#onImpatience(now, timer.stage);
  }

  #onImpatience(now: Millis, stage: Stage): void {
    if (stage === "sound") this.#judge(now);
    else if (stage !== "over") this.#fail(now, unansweredTrouble(purposes[stage]));
  }

  #do(now: Millis, end: End, act: (phone: Phone) => readonly PhoneOutput[]): void {
    const phone = this.#phones.get(end);
    for (const output of phone === undefined ? [] : act(phone)) {
      if (output.kind === "transmit") this.#out.push({ kind: "bytes", end, bytes: output.bytes });
      else this.#on(now, end, output.event);
    }
  }

  #on(now: Millis, end: End, event: PhoneEvent): void {
    const { kind } = event;
    const before = this.#stage;
    // Whatever becomes of the call now: it is over.
    if (before === "leave" && kind !== "unregistered" && !("purpose" in event && event.purpose === "unregister"))
      return;
    if (kind === "refused") this.#fail(now, refusedTrouble(event.purpose, event.status, event.reason));
    else if (kind === "unanswered") this.#fail(now, unansweredTrouble(event.purpose));
    else if (kind === "unfit") this.#fail(now, sessionTrouble(event.why));
    else {
      this.#reached.set(kind, (this.#reached.get(kind) ?? new Set<End>()).add(end));
      if (kind === "over" && before !== "end" && before !== "leave") this.#fail(now, endedTrouble);
      else if (before === "call" && end === "caller") this.#rings(now, kind === "ringing");
      this.#goOn(now);
    }
  }

  /** The next stage, where every phone has what this one waits for. */
  #goOn(now: Millis): void {
    const wanted = expected[this.#stage];
    const who = this.#stage === "leave" ? this.#registered.size : this.#phones.size;
    if (wanted === undefined || this.#reached.get(wanted)?.size !== who) return;
    if (this.#stage === "register") this.#call(now);
    else if (this.#stage === "answer") this.#converse(now);
    else if (this.#stage === "end") this.#leave(now);
    else this.#finish(now);
  }

  #call(now: Millis): void {
    const { callee, domain, server } = this.#options.order;
    const who = [...this.#phones.keys()].map((end) => this.#nameOf(end)).join(" and ");
    const many = this.#phones.size > 1 ? "are" : "is";
    this.#log.passed(now, "register", `${who} ${many} registered at ${domain} over ${server.transport.toUpperCase()}`);
    this.#enter(now, "call");
    this.#phones.get("callee")?.await();
    this.#heap.arm(now + repeatEvery, { owner: "repeat" });
    this.#do(now, "caller", (phone) => phone.call(now, "number" in callee ? callee.number : callee.user));
  }

  #rings(now: Millis, isRinging: boolean): void {
    this.#log.passed(now, "call", isRinging ? "it rings" : "it was answered at once");
    this.#enter(now, "answer");
  }

  #repeat(now: Millis): void {
    if (this.#stage !== "call" && this.#stage !== "answer") return;
    this.#do(now, "callee", (phone) => phone.repeat(now));
    this.#heap.arm(now + repeatEvery, { owner: "repeat" });
  }

  #converse(now: Millis): void {
    const suite = this.#suite;
    this.#log.passed(now, "answer", suite === undefined ? "answered, with plain RTP" : `answered, with SRTP: ${suite}`);
    const speakers = [...this.#phones].flatMap(([end, { agreed }]) =>
      agreed === undefined ? [] : [{ end, name: this.#nameOf(end), agreed }],
    );
    for (const { end, agreed } of speakers) this.#out.push({ kind: "agreed", end, agreed });
    const { order, random } = this.#options;
    this.#conversation = new Conversation(speakers, order.talk, now, random);
    this.#stage = "sound";
    this.#talk(now);
  }

  #talk(now: Millis): void {
    const conversation = this.#conversation;
    if (this.#stage !== "sound" || conversation === undefined) return;
    for (const packet of conversation.talk(now)) this.#out.push({ kind: "sound", ...packet });
    if (conversation.isSaid) this.#enter(now, "sound");
    else this.#heap.arm(now + packetTime, { owner: "tick" });
  }

  #judge(now: Millis): void {
    const judged = this.#conversation?.judge() ?? "";
    if (typeof judged !== "string") return this.#fail(now, judged);
    this.#log.passed(now, "sound", judged);
    this.#enter(now, "end");
    this.#do(now, "caller", (phone) => phone.hangUp(now));
  }

  /** What failed is noted once; then everything that was begun is ended. */
  #fail(now: Millis, trouble: Trouble): void {
    if (this.#stage === "over") return;
    if (this.#stage === "leave") return this.#finish(now, this.#log.isGood ? trouble : undefined);
    this.#log.failed(now, this.#stage, trouble);
    this.#enter(now, "leave");
    this.#do(now, "caller", (phone) => phone.hangUp(now));
    this.#unregister(now);
  }

  #leave(now: Millis): void {
    this.#enter(now, "leave");
    this.#unregister(now);
  }

  /** Only those that are: the others' password may be wrong, and each wrong one counts. */
  #unregister(now: Millis): void {
    for (const end of this.#registered) this.#do(now, end, (phone) => phone.register(now, "unregister"));
    if (this.#registered.size === 0) this.#finish(now);
  }

  #finish(now: Millis, trouble?: Trouble): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    if (trouble !== undefined) this.#log.failed(now, "end", trouble);
    else if (this.#log.isGood) this.#log.passed(now, "end", "hung up, and the registration taken back");
    const { steps, isGood: ok } = this.#log;
    const { sent, heard } = this.#conversation ?? { sent: 0, heard: 0 };
    this.#out.push({ kind: "finished", report: { ok, steps, sent, heard, suite: this.#suite } });
  }

  get #registered(): ReadonlySet<End> {
    return this.#reached.get("registered") ?? new Set();
  }

  get #suite(): string | undefined {
    return this.#phones.get("caller")?.agreed?.srtp?.suite;
  }

  #nameOf(end: End): string {
    const { callee, caller } = this.#options.order;
    return end === "callee" && "user" in callee ? callee.user : caller.user;
  }

  #enter(now: Millis, stage: Stage): void {
    this.#stage = stage;
    this.#heap.arm(now + patience[stage], { owner: "stage", stage });
  }
}

function phoneOf({ order, random }: TrialOptions, { end, line, sound }: TrialEnd, timers: TimerHeap): Phone {
  const { server, domain, callee, caller, srtp } = order;
  const account = end === "callee" && "user" in callee ? callee : caller;
  const identity = { account, domain, transport: server.transport, local: line };
  return new Phone({ identity, server, media: { ...sound, keys: ownKeys(srtp, random) }, random, timers });
}
