/** Who may sign in, and keys for programs. */
import { z } from "zod";
import { role } from "./role.ts";
import { moment, type Route } from "./route.ts";
import { userName } from "./session.ts";

export const user = z.object({
  name: z.string(),
  role,
  totp: z.boolean(),
  passkeys: z.int(),
  recoveryCodes: z.int(),
  /** Until then an invitation waits to be taken; null: none does. */
  invitedUntil: moment.nullable(),
  lastSignIn: moment.nullable(),
});
export type User = z.output<typeof user>;

/** The code is shown once: it goes to the user by another way, and holds once. */
const invitation = z.object({ name: z.string(), code: z.string(), until: moment });

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  role,
  by: z.string(),
  since: moment,
  expires: moment,
  /** Addresses and networks it may be used from; empty: all of `admin.allow`. */
  addresses: z.array(z.string()),
  lastUsed: moment.nullable(),
});
export type ApiKey = z.output<typeof apiKey>;

const named = z.strictObject({ name: userName });

export const userRoutes = {
  users: {
    method: "GET",
    path: "/users",
    role: "admin",
    act: "admin-users",
    summary: "List who may sign in",
    answer: z.object({ items: z.array(user) }),
  },
  userAdd: {
    method: "POST",
    path: "/users",
    role: "admin",
    act: "admin-add",
    summary: "Invite somebody",
    body: z.strictObject({ name: userName, role }),
    answer: invitation,
  },
  userRemove: {
    method: "DELETE",
    path: "/users/:name",
    role: "admin",
    act: "admin-remove",
    summary: "Let somebody sign in no more, and end their sessions; the last admin stays",
    params: named,
  },
  userReset: {
    method: "POST",
    path: "/users/:name/reset",
    role: "admin",
    act: "admin-reset",
    summary: "Forget somebody's password and second factors, end their sessions, and invite them anew",
    params: named,
    answer: invitation,
  },
  keys: {
    method: "GET",
    path: "/keys",
    role: "admin",
    act: "admin-keys",
    summary: "List keys of programs",
    answer: z.object({ items: z.array(apiKey) }),
  },
  keyAdd: {
    method: "POST",
    path: "/keys",
    role: "admin",
    act: "admin-key",
    summary: "Make a key for a program; its secret is shown once",
    body: z.strictObject({
      name: z.string().min(1).max(64),
      role,
      forMs: z.int().min(60_000).max(157_680_000_000),
      addresses: z.array(z.string().max(64)).max(32).default([]),
    }),
    answer: z.object({ key: apiKey, secret: z.string() }),
  },
  keyRemove: {
    method: "DELETE",
    path: "/keys/:id",
    role: "admin",
    act: "admin-key-remove",
    summary: "Take a key back",
    params: z.strictObject({ id: z.string().min(1).max(32) }),
  },
} as const satisfies Record<string, Route>;
