/** The messages of a call between its parties: Ringfence in the middle, phones and carriers before it, the PBX behind. */
import type { TracedMessage } from "./traced-message.ts";

export interface LadderParty {
  /** `phone`, the name of a trunk, `PBX`, or `Ringfence`. */
  readonly name: string;
  /** With transport; empty for Ringfence, which has one towards each. */
  readonly address: string;
}

export interface LadderMessage extends TracedMessage {
  /** Places in `parties`. */
  readonly from: number;
  readonly to: number;
}

export interface Ladder {
  readonly parties: readonly LadderParty[];
  /** Oldest first. */
  readonly messages: readonly LadderMessage[];
  /** Older messages that are not kept any more. */
  readonly dropped: number;
}

const ours: LadderParty = { name: "Ringfence", address: "" };

export function partyOf({ side, trunk, remote, transport }: TracedMessage): LadderParty {
  const name = side === "core" ? "PBX" : side === "trunk" ? (trunk ?? "carrier") : "phone";
  return { name, address: `${remote} ${transport}` };
}

export function isInside({ side }: TracedMessage): boolean {
  return side === "core";
}

export function ladderOf(messages: readonly TracedMessage[], dropped: number): Ladder {
  const outside = distinct(messages.filter((message) => !isInside(message)).map(partyOf));
  const inside = distinct(messages.filter(isInside).map(partyOf));
  const parties = [...outside, ours, ...inside];
  const middle = outside.length;
  const placed = messages.map((message): LadderMessage => {
    const party = partyOf(message);
    const there = parties.findIndex((known) => isSame(known, party));
    return message.direction === "in"
      ? { ...message, from: there, to: middle }
      : { ...message, from: middle, to: there };
  });
  return { parties, messages: placed, dropped };
}

function distinct(parties: readonly LadderParty[]): readonly LadderParty[] {
  return parties.filter((party, index) => parties.findIndex((other) => isSame(other, party)) === index);
}

export function isSame(one: LadderParty, other: LadderParty): boolean {
  return one.name === other.name && one.address === other.address;
}
