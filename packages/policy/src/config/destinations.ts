import { z } from "zod";
import { type DestinationReason, destinationReasons } from "../destination-reasons.ts";
import { isCountry, numberTypes } from "../number/plan.ts";
import { choice, type LeafReading, quoted, written } from "./leaf.ts";
import type { DestinationRule } from "./policy-config.ts";
import { dialPrefix } from "./text.ts";

const types = [...numberTypes, "local"] as const;

/** A place in the world, as ISO 3166-1 writes it. */
export function country() {
  return written({ kind: "country", examples: ["DE"] }, (text): LeafReading<string> => {
    if (isCountry(text)) return { value: text };
    const upper = text.toUpperCase();
    const remedy = isCountry(upper) ? `write ${upper}` : "write the two letters of ISO 3166: DE, US, GB";
    return { problem: `is ${quoted(text)}, which is no country`, remedy };
  });
}

/** One of them, or a list. */
function oneOrMore<Schema extends z.ZodType>(kind: string, schema: Schema) {
  return z
    .union([schema, z.array(schema).min(1).max(1000)])
    .transform((value): readonly z.output<Schema>[] => (Array.isArray(value) ? value : [value as z.output<Schema>]))
    .meta({ kind: `${kind}, or a list` });
}

const rule = z
  .strictObject({
    prefix: oneOrMore("prefix in quotes", dialPrefix()).optional().meta({
      description: 'How the number begins. `"+882"`: with country code, however it was dialled. `"118"`: as dialled.',
    }),
    country: oneOrMore("country", country()).optional().meta({
      description: "Whose number it is (ISO 3166); three digits in quotes for a network of no country.",
    }),
    type: oneOrMore("word", choice(types))
      .optional()
      .meta({
        description: `What answers there: ${types.map((word) => `\`${word}\``).join(", ")}. \`local\`: short codes and whatever else is no number of the world.`,
      }),
    list: choice(["high-risk"]).optional().meta({
      description: "`high-risk`: satellite and international networks, and small places that toll fraud uses.",
    }),
    action: choice(["allow", "reject"]).meta({ description: "What happens to the call." }),
    reason: choice(destinationReasons).optional().meta({
      description: "Why, for the caller and the log. Without it what fits the rule.",
    }),
    mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
      description: "`shadow`: a rule that rejects is decided, counted and logged, and nothing is done about it.",
    }),
  })
  .transform(
    ({ prefix, country, type, list, action, reason, mode }): DestinationRule => ({
      prefix,
      country,
      type,
      list,
      action,
      reason: reason ?? reasonFor({ prefix, country, type, list }),
      mode: action === "allow" ? "enforce" : mode,
    }),
  );

export const destinations = z.array(rule).max(10_000).prefault([]).meta({
  description:
    "Where calls may go: the first rule that matches decides. What none matches is allowed, but for `list: high-risk` and `type: [premium, satellite]`. All conditions of one rule must hold.",
});

function reasonFor(rule: Pick<DestinationRule, "prefix" | "country" | "type" | "list">): DestinationReason {
  if (rule.list !== undefined) return "high-risk-destination";
  if (rule.type?.includes("premium") === true) return "premium-rate";
  const all = rule.prefix === undefined && rule.country === undefined && rule.type === undefined;
  return all ? "not-in-dial-plan" : "destination-barred";
}
