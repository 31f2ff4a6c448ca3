import { z } from "zod";
import type { ConfigIssueCode } from "../issue.ts";

/** What a leaf says when its text is not as it must be. */
export interface LeafProblem {
  readonly problem: string;
  readonly remedy: string;
  readonly code?: ConfigIssueCode;
}

export type LeafReading<T> = { readonly value: T } | LeafProblem;

export interface LeafNote {
  /** How the type is called in docs/configuration.md. */
  readonly kind: string;
  readonly enum?: readonly string[];
  readonly examples?: readonly string[];
}

/** A value written as text and read by `read`: durations, addresses, names. The JSON Schema export sees a string with a note. */
export function written<T>(note: LeafNote, read: (text: string) => LeafReading<T>) {
  return (
    z
      .string()
      .transform((text, context): T => {
        const reading = read(text);
        if ("value" in reading) return reading.value;
        const { problem, remedy, code = "bad-format" } = reading;
        context.addIssue({ code: "custom", message: problem, params: { code, remedy } });
        return z.NEVER;
      })
      // What is written and what is read are two types: `examples` would not reach the JSON Schema.
      .meta({ ...note, example: note.examples?.[0] })
  );
}

/** Text from the file as it may stand in a message: short, and without anything that moves a terminal's cursor. */
export function quoted(text: string): string {
  let clean = "";
  for (const character of text.slice(0, 40)) clean += character < " " || character === "\x7f" ? "?" : character;
  return `\`${clean}${text.length > 40 ? "..." : ""}\``;
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]) {
  return written({ kind: "word", enum: words }, (text): LeafReading<T> => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return { value: word };
    return {
      problem: `is ${quoted(text)}, which is not one of the words known here`,
      remedy: `use ${words.map((candidate) => `\`${candidate}\``).join(" or ")}`,
      code: "bad-value",
    };
  });
}

export function whole(least: number, most: number) {
  return z
    .int()
    .min(least)
    .max(most)
    .meta({ kind: `whole number, ${least} to ${most}` });
}

/** Digits only; -1 for anything else or anything beyond nine digits. */
export function readDigits(text: string): number {
  if (text.length === 0 || text.length > 9) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

export function isOneOf(text: string, allowed: string): boolean {
  for (const character of text) if (!allowed.includes(character)) return false;
  return text.length > 0;
}
