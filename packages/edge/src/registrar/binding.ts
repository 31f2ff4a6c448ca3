/** The real bindings of the phones, kept on our side: the PBX only ever sees our own Contact (pbx.md finding 5). */
import type { Deadline, Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { TokenIndex } from "./token-index.ts";

/** Bindings in all; a registrar that is full answers 503 and says so. */
export const MAX_BINDINGS = 100_000;

/** What a phone registered over one flow. */
export interface OneFlow {
  readonly flow: Flow;
  /** The phone's own Contact URI: what a request line to it must carry (RFC 3261 §16.6 step 2). */
  readonly contactUri: string;
  /** RFC 5626: the flow's number; undefined when the phone does not do outbound. */
  readonly regId?: number | undefined;
  /** RFC 5768: the phone does ICE. */
  readonly ice?: boolean | undefined;
  /** Call-ID and CSeq of the phone's last REGISTER: a refresh goes on with both (RFC 3261 §10.2.4). */
  readonly callId: string;
  cseq: number;
  /** To tag of our answers to its refreshes: to hash one anew for each would cost an eighth of it. */
  answerTag?: string;
  /** When the phone must have registered again. An absorbed refresh moves it and nothing else. */
  expiresAt: Millis;
}

/** Its own flow is the newest. */
export interface Binding extends OneFlow {
  /** The value of our Contact's `rf` parameter: finds the binding again whatever the PBX does to the rest of the URI. */
  readonly token: string;
  /** Address of record, `user@domain`, domain as the PBX knows it. */
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  /** Domain as the phone writes it: one of ours, or our address. */
  readonly shownDomain: string;
  /** Older flows of the same phone, the newest last. */
  readonly others: readonly OneFlow[];
  /** The PBX keeps our Contact until then, and said so at `confirmedAt`. */
  readonly pbxUntil: Millis;
  readonly confirmedAt: Millis;
  /** When the phone last proved its password, to the PBX or to us. */
  readonly provenAt: Millis;
  /** When it came, and what the phone said it is, short; undefined: before the process began. */
  readonly since?: Millis | undefined;
  readonly device?: string | undefined;
}

interface Held {
  readonly binding: Binding;
  timer: Deadline;
}

export class BindingTable {
  readonly #byToken = new Map<string, Held>();
  readonly #byAor = new TokenIndex();
  readonly #byFlow = new TokenIndex();
  readonly #byUser = new TokenIndex();

  get size(): number {
    return this.#byToken.size;
  }

  get(token: string): Binding | undefined {
    return this.#byToken.get(token)?.binding;
  }

  timerOf(token: string): Deadline | undefined {
    return this.#byToken.get(token)?.timer;
  }

  /** A new deadline for one that fired. */
  rearm(token: string, timer: Deadline): void {
    const held = this.#byToken.get(token);
    if (held !== undefined) held.timer = timer;
  }

  /** Adds or replaces; the caller has disarmed the timer of a replaced one. */
  set(binding: Binding, timer: Deadline): void {
    this.delete(binding.token);
    this.#byToken.set(binding.token, { binding, timer });
    this.#byAor.add(binding.aor, binding.token);
    for (const flowId of flowsOf(binding)) this.#byFlow.add(flowId, binding.token);
    this.#byUser.add(binding.user, binding.token);
  }

  delete(token: string): Binding | undefined {
    const held = this.#byToken.get(token);
    if (held === undefined) return undefined;
    this.#byToken.delete(token);
    this.#byAor.delete(held.binding.aor, token);
    for (const flowId of flowsOf(held.binding)) this.#byFlow.delete(flowId, token);
    this.#byUser.delete(held.binding.user, token);
    return held.binding;
  }

  tokens(): Iterable<string> {
    return this.#byToken.keys();
  }

  ofAor(aor: string): readonly Binding[] {
    return this.#list(this.#byAor.of(aor));
  }

  onFlow(flowId: string): readonly Binding[] {
    return this.#list(this.#byFlow.of(flowId));
  }

  /** The latest registration of a user: the way back to a phone when a PBX dropped our URI parameter. */
  latestOfUser(user: string): Binding | undefined {
    return this.#list(this.#byUser.of(user)).at(-1);
  }

  #list(tokens: Iterable<string>): readonly Binding[] {
    const found: Binding[] = [];
    for (const token of tokens) {
      const held = this.#byToken.get(token);
      if (held !== undefined) found.push(held.binding);
    }
    return found;
  }
}

function flowsOf(binding: Binding): readonly string[] {
  return [binding.flow.id, ...binding.others.map((other) => other.flow.id)];
}
