/** What is said when something is not done: one shape for everything. */
import type { Problem } from "../api/route.ts";

/** Said to whoever asked, as it is: nothing in it may help a stranger. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** Seconds until it makes sense to ask again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, remedy: string, retryAfter?: number) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.retryAfter = retryAfter;
  }
}

export function problemOf({ code, message, remedy }: Pick<ApiError, "code" | "message" | "remedy">): Problem {
  return { error: { code, message, remedy } };
}

/** Alike for a wrong name, password, code, passkey and whatever was locked: who guesses learns nothing. */
export function signInRefused(): ApiError {
  const remedy = "Check name and password, and the code of the authenticator; each holds once.";
  return new ApiError(401, "sign-in-refused", "this was not right", remedy);
}

export function notSignedIn(): ApiError {
  return new ApiError(
    401,
    "not-signed-in",
    "nobody is signed in",
    "Sign in, or send a key: Authorization: Bearer rf_...",
  );
}
