/** The sound of a call, both ways: who says what when, and who heard how much of it. */
import type { Millis, Random } from "@ringfence/sip";
import type { End } from "./order.ts";
import { soundTrouble, type Trouble } from "./said.ts";
import type { Agreed } from "./session.ts";
import { Sound } from "./sound.ts";
import { pitches } from "./tone.ts";

/** Milliseconds of sound in a packet. */
export const packetTime: Millis = 20;
/** Of the other side's packets: until a way is learnt the first ones are lost, and what is lost later is heard. */
const enough = 0.6;
/** A processor that was away for long does not make up for all of it at once. */
const mostAtOnce = 10;

export interface Speaker {
  readonly end: End;
  /** As a person calls it. */
  readonly name: string;
  readonly agreed: Agreed;
}

interface Voice {
  readonly end: End;
  readonly name: string;
  readonly sound: Sound;
}

export class Conversation {
  readonly #voices: readonly Voice[];
  readonly #packets: number;
  readonly #from: Millis;

  /** One speaker hears itself: an echo. */
  constructor(speakers: readonly Speaker[], talk: Millis, now: Millis, random: Random) {
    this.#packets = Math.ceil(talk / packetTime);
    this.#from = now;
    this.#voices = speakers.map(({ end, name, agreed }) => {
      const other = speakers.find((one) => one.end !== end)?.end ?? end;
      return { end, name, sound: new Sound(agreed, { says: pitches[end], hears: pitches[other] }, random) };
    });
  }

  get sent(): number {
    return this.#voices.reduce((sum, { sound }) => sum + sound.sent, 0);
  }

  get heard(): number {
    return this.#voices.reduce((sum, { sound }) => sum + sound.heard, 0);
  }

  /** Everything was said. */
  get isSaid(): boolean {
    return this.#voices.every(({ sound }) => sound.sent >= this.#packets);
  }

  /** What is due. */
  talk(now: Millis): readonly { readonly end: End; readonly bytes: Uint8Array; readonly to: Agreed["to"] }[] {
    const due = Math.min(this.#packets, Math.floor((now - this.#from) / packetTime) + 1);
    return this.#voices.flatMap(({ end, sound }) => {
      const count = Math.min(mostAtOnce, due - sound.sent);
      return Array.from({ length: Math.max(0, count) }, () => ({ end, bytes: sound.next(), to: sound.to }));
    });
  }

  /** @param from a packet from elsewhere is none of this call */
  take(end: End, bytes: Uint8Array, from: string): void {
    const voice = this.#voices.find((one) => one.end === end);
    if (voice?.sound.to.address === from) voice.sound.take(bytes);
  }

  /** A sentence, or what is wrong. */
  judge(): string | Trouble {
    const expected = this.#packets;
    const deaf = this.#voices.find(({ sound }) => sound.heard < expected * enough);
    if (deaf !== undefined) {
      const { heard, refused, others } = deaf.sound;
      return soundTrouble(deaf.name, { heard, expected, refused, others });
    }
    const words = this.#voices.map(({ name, sound }) => `${name} heard ${sound.heard} of ${expected} packets`);
    return words.join(", ");
  }
}
