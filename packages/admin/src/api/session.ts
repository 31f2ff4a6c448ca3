/** Signing in: a password, and then a code or a passkey. */
import { z } from "zod";
import { role } from "./role.ts";
import { moment, type Route } from "./route.ts";

const digits = "0123456789";
const lowerCase = `abcdefghijklmnopqrstuvwxyz${digits}`;

/** A browser sends it: looked at a character after the other, and by no expression. */
function isOf(characters: string, text: string): boolean {
  return [...text].every((character) => characters.includes(character));
}

export const userName = z
  .string()
  .min(1)
  .max(32)
  .refine((text) => isOf(lowerCase, text.slice(0, 1)) && isOf(`${lowerCase}._-`, text))
  .meta({
    description: "Lower case letters, digits, dots, dashes and underscores.",
    pattern: "^[a-z0-9][a-z0-9._-]*$",
  });

const factors = ["totp", "passkey", "recovery"] as const;

/** Of a browser that is signed in. `csrf` goes into the header x-csrf-token of every request but GET. */
export const signedIn = z.object({
  stage: z.literal("signed-in"),
  user: z.string(),
  role,
  csrf: z.string(),
  /** Nothing asked for until then, and it is over. */
  idleUntil: moment,
  /** Over then, whatever is asked. */
  until: moment,
  /** Recovery codes that are left. */
  recoveryCodes: z.int(),
  /** What is masked for this session: as `logs.mask`. */
  mask: z.enum(["numbers", "users", "addresses", "off"]),
});

const underWay = z.object({
  /** `second-factor`: the password was right. `enrol`: a second factor is being set up. */
  stage: z.enum(["second-factor", "enrol"]),
  user: z.string(),
  csrf: z.string(),
  factors: z.array(z.enum(factors)),
});

/** `canEnrol`: nobody can sign in yet, and this browser is on the machine itself: ./ringfence admin enrol gives the code. */
const signedOut = z.object({ stage: z.literal("signed-out"), canEnrol: z.boolean() });

export const sessionState = z.discriminatedUnion("stage", [signedIn, underWay, signedOut]);
export type SessionState = z.output<typeof sessionState>;

export const password = z.string().min(1).max(256);
export const totpCode = z
  .string()
  .length(6)
  .refine((text) => isOf(digits, text))
  .meta({ pattern: "^[0-9]{6}$" });
/** What the browser's WebAuthn call returned; read again, strictly, by the library that checks it. */
export const credential = z.looseObject({ id: z.string().max(2_048), rawId: z.string().max(2_048), type: z.string() });
/** What the browser's WebAuthn call takes (`startAuthentication`, `startRegistration`). */
export const passkeyOptions = z.object({ options: z.record(z.string(), z.unknown()) });

export const sessionRoutes = {
  session: {
    method: "GET",
    path: "/session",
    role: "anyone",
    summary: "Say who this browser is signed in as, and how far",
    answer: sessionState,
  },
  signIn: {
    method: "POST",
    path: "/session",
    role: "anyone",
    summary: "Begin to sign in with name and password",
    body: z.strictObject({ user: z.string().max(64), password }),
    answer: z.object({ next: z.enum(["totp", "passkey", "enrol"]), state: sessionState }),
  },
  signInTotp: {
    method: "POST",
    path: "/session/totp",
    role: "anyone",
    summary: "Finish with the six digits of the authenticator; each holds once",
    body: z.strictObject({ code: totpCode }),
    answer: signedIn,
  },
  signInPasskeyOptions: {
    method: "POST",
    path: "/session/passkey/options",
    role: "anyone",
    summary: "Begin to finish with a passkey",
    answer: passkeyOptions,
  },
  signInPasskey: {
    method: "POST",
    path: "/session/passkey",
    role: "anyone",
    summary: "Finish with a passkey",
    body: z.strictObject({ credential }),
    answer: signedIn,
  },
  signInRecovery: {
    method: "POST",
    path: "/session/recovery",
    role: "anyone",
    summary: "Finish with a recovery code; each holds once",
    body: z.strictObject({ code: z.string().max(32) }),
    answer: signedIn,
  },
  signOut: {
    method: "DELETE",
    path: "/session",
    role: "anyone",
    summary: "End this session",
  },
} as const satisfies Record<string, Route>;
