/**
 * A guest in the test call of a probe: it speaks from a socket that nobody named, and from the phone's own place in ways that no phone
 * does, and notes what of it is heard and what comes to it. Some hundred packets for each phone, and no more.
 */
import type { GuestKind, GuestSeen } from "@ringfence/grade";
import type { Random } from "@ringfence/sip";
import type { SoundSocket } from "../io/sound-socket.ts";
import type { CallGuest } from "../test-call/guest.ts";
import type { End } from "../test-call/order.ts";
import type { Agreed } from "../test-call/session.ts";
import { GuestVoice } from "./guest-voice.ts";

/** Packets before the phone says anything. */
const early = 5;
/** Milliseconds between two rounds, and rounds: the phones talk for longer. */
const every = 40;
const rounds = 25;

export interface GuestWorld {
  /** A socket that no description names. */
  readonly elsewhere: Pick<SoundSocket, "send">;
  /** Addresses of this machine: sound that goes there does not pass the service. */
  readonly own: readonly string[];
  readonly random: Random;
  /** Called again and again, until what it returns is called. */
  readonly repeat: (ms: number, work: () => void) => () => void;
}

export class Guest implements CallGuest {
  readonly #world: GuestWorld;
  readonly #voices = new Map<End, GuestVoice>();
  readonly #heard = new Map<GuestKind, number>();
  readonly #ends: (() => void)[] = [];
  #came = 0;

  constructor(world: GuestWorld) {
    this.#world = world;
  }

  agreed(end: End, agreed: Agreed, speak: (bytes: Uint8Array) => void): void {
    const { elsewhere, own, random, repeat } = this.#world;
    if (own.includes(agreed.to.address)) return;
    const voice = new GuestVoice(agreed, random);
    this.#voices.set(end, voice);
    const kinds: readonly GuestKind[] = ["early", "late", ...(voice.isEncrypted ? (["clear", "forged"] as const) : [])];
    for (const kind of kinds) this.#heard.set(kind, this.#heard.get(kind) ?? 0);
    for (let i = 0; i < early; i++) elsewhere.send(voice.say("early"), agreed.to);
    let left = rounds;
    const stop = repeat(every, () => {
      if (left-- <= 0) return stop();
      elsewhere.send(voice.say("late"), agreed.to);
      if (!voice.isEncrypted) return;
      speak(voice.say("clear"));
      speak(voice.say("forged"));
    });
    this.#ends.push(stop);
  }

  heard(end: End, bytes: Uint8Array): void {
    const kind = this.#voices.get(end)?.kindOf(bytes);
    if (kind !== undefined) this.#heard.set(kind, (this.#heard.get(kind) ?? 0) + 1);
  }

  /** Something came to the socket that nobody named. */
  came(): void {
    this.#came++;
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** Undefined: the sound of no call passed the service. */
  get seen(): GuestSeen | undefined {
    return this.#voices.size === 0 ? undefined : { came: this.#came, heard: this.#heard };
  }
}
