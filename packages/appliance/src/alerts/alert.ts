/** What somebody has to know. Texts that hold what a peer wrote are cleaned and masked before they come here. */
import { type AlertKind, alertKindNames, type Severity, severities } from "@ringfence/policy";
import { z } from "zod";

/** Something that is wrong now, or that happened. */
export interface Condition {
  readonly kind: AlertKind;
  /** Which one: a trunk, an account, a folder. Empty: there is only one. */
  readonly object: string;
  readonly detail: string;
  /** Undefined: that of its kind. */
  readonly severity?: Severity | undefined;
}

const told = z.strictObject({ at: z.number(), ended: z.boolean() });

const alert = z.strictObject({
  id: z.int().min(1),
  kind: z.enum(alertKindNames as [AlertKind, ...AlertKind[]]),
  severity: z.enum(severities),
  object: z.string().max(200),
  detail: z.string().max(600),
  /** Times in milliseconds since 1970. */
  since: z.number(),
  last: z.number(),
  times: z.int().min(1),
  ended: z.number().nullable(),
  acknowledged: z.strictObject({ by: z.string().max(64), at: z.number() }).nullable(),
  /** By receiver: when it was last told, and whether of its end. */
  told: z.record(z.string().max(64), told),
});

export type Alert = Readonly<z.infer<typeof alert>>;

/** What the store gave back; undefined: it is not one of ours. */
export function readAlert(record: unknown): Alert | undefined {
  return alert.safeParse(record).data;
}
