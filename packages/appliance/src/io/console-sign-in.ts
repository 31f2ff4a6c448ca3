/** The first sign-in at the console, from the machine itself: the same requests as a browser sends. */
import { RingfenceError } from "@ringfence/policy";
import { z } from "zod";

const begun = z.object({
  state: z.object({ csrf: z.string() }),
  totp: z.object({ secret: z.string(), uri: z.string() }),
});
const finished = z.object({ recoveryCodes: z.array(z.string()) });
const refused = z.object({ error: z.object({ message: z.string(), remedy: z.string() }) });

export interface Enrolment {
  readonly totp: { readonly secret: string; readonly uri: string };
  /** @returns recovery codes @throws RingfenceError when the code is wrong: it can be tried again */
  finish(code: string): Promise<readonly string[]>;
}

/** @param url of the console @throws RingfenceError with what the console said */
export async function beginEnrolment(
  url: string,
  who: { readonly code: string; readonly user: string; readonly password: string },
): Promise<Enrolment> {
  const { body, cookie } = await post(url, "enrol", who, {});
  const { state, totp } = begun.parse(body);
  return {
    totp,
    finish: async (code) => {
      const headers = { cookie, "x-csrf-token": state.csrf };
      return finished.parse((await post(url, "enrol/totp", { code }, headers)).body).recoveryCodes;
    },
  };
}

async function post(
  url: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly body: unknown; readonly cookie: string }> {
  const answer = await fetch(new URL(`api/v1/${path}`, url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const read: unknown = await answer.json();
  if (answer.ok) return { body: read, cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  const said = refused.safeParse(read).data?.error;
  throw new RingfenceError(
    "enrolment-refused",
    said?.message ?? `the console said ${answer.status}`,
    said?.remedy ?? "",
  );
}
