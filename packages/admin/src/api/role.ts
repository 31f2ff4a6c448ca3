/** Who may do what. Each role may do what the one before it may. */
import { z } from "zod";

/**
 * `viewer` sees, with personal details masked. `operator` sees all and acts: bans, suspensions, traces, drain. `admin` also changes the
 * configuration, users and keys, exports records and erases persons.
 */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

export const role = z.enum(roles);

export function mayAct(who: Role, needed: Role): boolean {
  return roles.indexOf(who) >= roles.indexOf(needed);
}
