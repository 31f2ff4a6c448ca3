/** For `./ringfence status`: where the console is, and who may sign in to it. */
import type { AdminPeople } from "./admin-desk.ts";

export interface ConsoleStatus {
  /** Where people open it. */
  readonly url: string;
  /** Who can sign in. */
  readonly users: number;
  /** Invited, and without a second factor until they come: they can do nothing but enrol. */
  readonly notEnrolled: readonly string[];
}

/** A line names so many at most. */
const mostNamed = 5;

/** @param open undefined: there is none */
export function consoleStatus(
  open: (Pick<AdminPeople, "people"> & { readonly url: string }) | undefined,
): ConsoleStatus | null {
  if (open === undefined) return null;
  const people = open.people.list();
  const waiting = people.filter(({ totp, passkeys }) => !totp && passkeys === 0);
  return { url: open.url, users: people.length - waiting.length, notEnrolled: waiting.map(({ name }) => name) };
}

export function consoleRow(status: ConsoleStatus | null): readonly [string, string] {
  if (status === null) return ["console", "none: `admin: {}` in the configuration opens it"];
  const { url, users, notEnrolled } = status;
  const who = users === 0 ? "nobody can sign in yet: ./ringfence admin enrol" : `${users} can sign in`;
  const named = notEnrolled.slice(0, mostNamed).join(", ");
  const more = notEnrolled.length > mostNamed ? ` and ${notEnrolled.length - mostNamed} more` : "";
  return ["console", `${url}, ${who}${named === "" ? "" : `; without a second factor: ${named}${more}`}`];
}
