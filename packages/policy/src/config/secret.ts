import { z } from "zod";
import type { RotatingSecret, SecretSource } from "./config.ts";
import { isOneOf } from "./leaf.ts";
import { readMoment } from "./moment.ts";

const variableCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
const remedy = "write `{ file: PATH }` or `{ env: NAME }` and put the secret there";

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

const literal: Fault = { code: "literal-secret", message: "a secret must not stand in this file" };

/** Text in place of `{ file }` or `{ env }` is a secret somebody pasted, or a path without saying so: it is not repeated. */
function readSource(value: unknown): SecretSource | Fault {
  if (value === undefined) return { code: "missing-key", message: "is missing" };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return literal;
  const entries = Object.entries(value);
  const [key, text] = entries[0] ?? ["", ""];
  const nothing = "names no secret";
  if (entries.length !== 1 || typeof text !== "string" || text === "") return { code: "wrong-type", message: nothing };
  if (key === "file") return { kind: "file", path: text };
  if (key === "env" && isOneOf(text, variableCharacters)) return { kind: "env", name: text };
  return { code: "unknown-key", message: nothing };
}

const place = { file: { type: "string" }, env: { type: "string" } } as const;

/** `{ file: PATH }` or `{ env: NAME }`. */
export function secret() {
  return z
    .unknown()
    .transform((value, context): SecretSource => {
      const read = readSource(value);
      return "kind" in read ? read : refuse(context, read);
    })
    .meta({
      kind: "`{ file: PATH }` or `{ env: NAME }`",
      type: "object",
      properties: place,
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    });
}

/** The same, with `previous: { file: PATH, until: MOMENT }`: what it was before, and holds until then too. */
export function rotatingSecret() {
  return z
    .unknown()
    .transform((value, context): RotatingSecret => {
      const { previous, rest } = withoutKey(value, "previous");
      const now = readSource(rest);
      if (!("kind" in now)) return refuse(context, now);
      if (previous === undefined) return { now, previous: undefined };
      const { previous: until, rest: where } = withoutKey(previous, "until");
      const source = readSource(where);
      if (!("kind" in source)) return refuse(context, source, ["previous"]);
      const moment = readMoment(until);
      if (moment === undefined) return refuse(context, noMoment, ["previous"]);
      return { now, previous: { source, until: moment } };
    })
    .meta({
      kind: "`{ file: PATH }` or `{ env: NAME }`; beside it `previous: { file: PATH, until: MOMENT }`",
      type: "object",
      properties: {
        ...place,
        previous: {
          type: "object",
          properties: { ...place, until: { type: "string" } },
          required: ["until"],
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    });
}

const noMoment: Fault = {
  code: "bad-format",
  message: "does not say until when it holds",
  remedy: "write until: 2026-12-01 or until: 2026-12-01T06:00Z",
};

function withoutKey(value: unknown, key: string): { readonly previous: unknown; readonly rest: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { previous: undefined, rest: value };
  const { [key]: previous, ...rest } = value as Readonly<Record<string, unknown>>;
  return { previous, rest };
}

function refuse(context: z.core.$RefinementCtx, fault: Fault, path: string[] = []): never {
  const { code, message } = fault;
  context.addIssue({ code: "custom", message, path, params: { code, remedy: fault.remedy ?? remedy } });
  return z.NEVER;
}
