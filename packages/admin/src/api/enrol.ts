/** The first sign-in of a user: a code from the machine, a password of their own, and a second factor. */
import { z } from "zod";
import type { Route } from "./route.ts";
import { credential, passkeyOptions, password, sessionState, signedIn, totpCode, userName } from "./session.ts";

/** Shown once. */
const enrolled = z.object({ state: signedIn, recoveryCodes: z.array(z.string()) });

export const enrolRoutes = {
  enrol: {
    method: "POST",
    path: "/enrol",
    role: "anyone",
    summary:
      "Begin with the code of ./ringfence admin enrol (the first user, on the machine itself) or of an invitation",
    body: z.strictObject({ code: z.string().max(64), user: userName, password: password.min(12) }),
    answer: z.object({
      state: sessionState,
      /** For the authenticator: as text, and as the address its QR code holds. */
      totp: z.object({ secret: z.string(), uri: z.string() }),
      /** False where the browser is on an address without a name, which passkeys need. */
      passkey: z.boolean(),
    }),
  },
  enrolTotp: {
    method: "POST",
    path: "/enrol/totp",
    role: "anyone",
    summary: "Finish with a first code of the authenticator",
    body: z.strictObject({ code: totpCode }),
    answer: enrolled,
  },
  enrolPasskeyOptions: {
    method: "POST",
    path: "/enrol/passkey/options",
    role: "anyone",
    summary: "Begin to finish with a new passkey",
    answer: passkeyOptions,
  },
  enrolPasskey: {
    method: "POST",
    path: "/enrol/passkey",
    role: "anyone",
    summary: "Finish with a new passkey",
    body: z.strictObject({ credential }),
    answer: enrolled,
  },
} as const satisfies Record<string, Route>;
