/** A ladder as it grows, line by line, for a terminal: a column for each party, and a new head when one comes or goes. */
import type { Tone } from "../terminal.ts";
import { isInside, isSame, type LadderParty, partyOf } from "./ladder.ts";
import type { TracedMessage } from "./traced-message.ts";

/** Characters of a column: the longest name of an SRTP suite, and a line on each side. */
const WIDTH = 31;
/** Lines for what a session description says. */
const MOST_NOTES = 3;
const MARGIN = 13;
/** At one time; the one that was silent for longest makes room. */
const MOST_OUTSIDE = 3;
const MOST_INSIDE = 2;
const CALL_DIGITS = 6;

const ringfence: LadderParty = { name: "Ringfence", address: "" };

interface Column extends LadderParty {
  /** Number of the last message. */
  last: number;
}

export class LadderText {
  readonly #paint: (tone: Tone, text: string) => string;
  readonly #outside: Column[] = [];
  readonly #inside: Column[] = [];
  #messages = 0;
  #first = 0;

  constructor(paint: (tone: Tone, text: string) => string) {
    this.#paint = paint;
  }

  /** What is to be printed for this message. */
  add(message: TracedMessage): readonly string[] {
    if (this.#messages === 0) this.#first = message.at;
    this.#messages++;
    const party = partyOf(message);
    const head = this.#seat(party, isInside(message)) ? this.#head() : [];
    const columns = this.#columns();
    const there = columns.findIndex((column) => isSame(column, party));
    const here = columns.indexOf(ringfence);
    const [from, to] = message.direction === "in" ? [there, here] : [here, there];
    const time = `${((message.at - this.#first) / 1_000).toFixed(3)} `.padStart(MARGIN);
    const call = message.call === null ? "" : ` ${message.call.slice(0, CALL_DIGITS)}`;
    const tone = toneOf(message);
    const arrow = this.#arrow(columns.length, from, to, message.title, tone);
    const notes = wrapped(message.sdp, WIDTH - 3).map((note) => this.#note(columns.length, from, to, note));
    return [...head, `${time}${arrow}${this.#paint("faint", call)}`, ...notes];
  }

  /** True when the head changes by it. */
  #seat(party: LadderParty, inside: boolean): boolean {
    const columns = inside ? this.#inside : this.#outside;
    const known = columns.find((column) => isSame(column, party));
    if (known !== undefined) known.last = this.#messages;
    if (known !== undefined) return false;
    const fresh = { ...party, last: this.#messages };
    if (columns.length < (inside ? MOST_INSIDE : MOST_OUTSIDE)) columns.push(fresh);
    else columns[columns.indexOf(columns.reduce((one, other) => (other.last < one.last ? other : one)))] = fresh;
    return true;
  }

  #columns(): readonly LadderParty[] {
    return [...this.#outside, ringfence, ...this.#inside];
  }

  #head(): readonly string[] {
    const columns = this.#columns();
    const row = (of: (party: LadderParty) => string): string =>
      `${" ".repeat(MARGIN)}${columns.map((party) => centred(of(party), WIDTH)).join("")}`.trimEnd();
    return [
      "",
      this.#paint(
        "strong",
        row(({ name }) => name),
      ),
      row(({ address }) => address),
    ];
  }

  #arrow(columns: number, from: number, to: number, title: string, tone: Tone): string {
    const row = lifelines(columns);
    const [left, right] = [middle(Math.min(from, to)), middle(Math.max(from, to))];
    const line = centred(` ${cut(title, right - left - 7)} `, right - left - 1, "─");
    const headed = from < to ? `${line.slice(0, -1)}▶` : `◀${line.slice(1)}`;
    return `${row.slice(0, left + 1)}${this.#paint(tone, headed)}${row.slice(right)}`.trimEnd();
  }

  #note(columns: number, from: number, to: number, text: string): string {
    const row = lifelines(columns);
    const [left, right] = [middle(Math.min(from, to)), middle(Math.max(from, to))];
    const note = centred(cut(text, right - left - 2), right - left - 1);
    return `${" ".repeat(MARGIN)}${row.slice(0, left + 1)}${this.#paint("faint", note)}${row.slice(right)}`.trimEnd();
  }
}

function lifelines(columns: number): string {
  return Array.from({ length: columns }, () => centred("│", WIDTH)).join("");
}

function middle(column: number): number {
  return column * WIDTH + Math.floor((WIDTH - 1) / 2);
}

function centred(text: string, width: number, filler = " "): string {
  const short = cut(text, width);
  const before = Math.floor((width - short.length) / 2);
  return filler.repeat(before) + short + filler.repeat(width - short.length - before);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** At spaces; what is longer than a line is cut where it is shown. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== "") lines.push(word);
  }
  return lines.slice(0, MOST_NOTES);
}

function toneOf({ title }: TracedMessage): Tone {
  const first = title.charAt(0);
  if (first === "1") return "faint";
  if (first === "2") return "good";
  return first >= "3" && first <= "6" ? "bad" : "plain";
}
