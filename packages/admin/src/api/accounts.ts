/** What accounts have used of what they may, and who may not call. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

/** `most` null: no limit. `used` null: not known, because the store is gone; limits refuse then. */
const figure = z.object({ used: z.number().nullable(), most: z.number().nullable() });

export const account = z.object({
  name: z.string(),
  calls: figure,
  callsThisHour: figure,
  minutesToday: figure,
  spentToday: figure,
  /** Of the money; null: there are no rates. */
  currency: z.string().nullable(),
  suspended: z.object({ since: moment, until: moment.nullable(), reason: z.string() }).nullable(),
});
export type Account = z.output<typeof account>;

const name = z.strictObject({ name: z.string().min(1).max(64) });

export const accountRoutes = {
  accounts: {
    method: "GET",
    path: "/accounts",
    role: "viewer",
    summary: "List accounts: the suspended first, then those nearest to a limit",
    query: z.strictObject({ ...paging, search: z.string().max(64).optional() }),
    answer: page(account),
  },
  suspend: {
    method: "POST",
    path: "/accounts/:name/suspend",
    role: "operator",
    act: "suspend",
    summary: "End an account's calls and let it begin none; emergency calls still pass",
    params: name,
    body: z.strictObject({ forMs: z.int().min(1_000).max(315_360_000_000).optional() }),
    answer: z.object({ callsEnded: z.int() }),
  },
  resume: {
    method: "POST",
    path: "/accounts/:name/resume",
    role: "operator",
    act: "resume",
    summary: "Let a suspended account call again",
    params: name,
    answer: z.object({ was: z.boolean() }),
  },
} as const satisfies Record<string, Route>;
