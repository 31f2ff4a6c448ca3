/** The first sign-in at the console, from the machine itself: the same requests as a browser sends. */
import { request as requestInClear } from "node:http";
import { request as requestOverTls } from "node:https";
import { RingfenceError } from "@ringfence/policy";
import { z } from "zod";

const begun = z.object({
  state: z.object({ csrf: z.string() }),
  totp: z.object({ secret: z.string(), uri: z.string() }),
});
const finished = z.object({ recoveryCodes: z.array(z.string()) });
const refused = z.object({ error: z.object({ message: z.string(), remedy: z.string() }) });

/** Passwords are derived one after the other. */
const patience = 30_000;
const longest = 65_536;

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

interface Answer {
  readonly body: unknown;
  readonly cookie: string;
}

async function post(
  url: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { status, text, cookie } = await send(new URL(`api/v1/${path}`, url), JSON.stringify(body), headers);
  const read = parsed(text);
  if (status < 300) return { body: read, cookie };
  const said = refused.safeParse(read).data?.error;
  throw new RingfenceError("enrolment-refused", said?.message ?? `the console said ${status}`, said?.remedy ?? "");
}

function send(
  url: URL,
  body: string,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string; readonly cookie: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "accept-encoding": "identity", ...more };
    // It is this machine's own console: whoever could stand between is on it already.
    const options = { method: "POST", headers, timeout: patience };
    const made =
      url.protocol === "https:"
        ? requestOverTls(url, { ...options, rejectUnauthorized: false })
        : requestInClear(url, options);
    made.once("timeout", () => made.destroy(new Error("the console does not answer")));
    made.once("error", (error) => reject(new RingfenceError("enrolment-refused", error.message, "Look at the log.")));
    made.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text = (text + chunk).slice(0, longest);
      });
      answer.once("end", () => {
        const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        resolve({ status: answer.statusCode ?? 0, text, cookie });
      });
    });
    made.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
