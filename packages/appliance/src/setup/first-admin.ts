/** The first administrator, with a second factor, by the console's own way in. */
import { readFileSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { beginEnrolment, type Enrolment } from "../io/console-sign-in.ts";
import type { Keyboard } from "../io/keyboard.ts";
import { interrupted } from "./conversation.ts";
import { totpCode } from "./totp-code.ts";

export interface AdminWish {
  readonly user: string;
  readonly config: string;
  /** Undefined: nobody is there to type. */
  readonly keyboard: Keyboard | undefined;
  readonly passwordFile: string | undefined;
  readonly say: (line: string) => void;
}

const mostTries = 3;

/** @throws RingfenceError */
export async function enrolFirst(wish: AdminWish, context: CliContext): Promise<void> {
  const { user, config, say, keyboard, passwordFile } = wish;
  const { users } = await askRunning(config, context, { command: "admin-users" });
  if (users.length > 0) return say("somebody can sign in already: ringfence admin users.");
  if (keyboard === undefined && passwordFile === undefined) {
    return say("there is no password for the administrator (admin_password_file). Later: ringfence admin enrol.");
  }
  for (let tries = 1; ; tries++) {
    const password =
      passwordFile === undefined ? await typed(keyboard, user) : readFileSync(passwordFile, "utf8").trim();
    try {
      const { code, url } = await askRunning(config, context, { command: "admin-enrol" });
      const enrolment = await beginEnrolment(url, { code, user, password });
      const codes = await finish(enrolment, wish);
      say(
        `${user} can sign in at ${url}, with password and authenticator. For the day the telephone is lost, shown this once:`,
      );
      for (const one of codes) say(`  ${one}`);
      return;
    } catch (error) {
      // A password that is too weak can be typed anew; one from a file cannot.
      if (!(error instanceof RingfenceError) || passwordFile !== undefined || tries >= mostTries) throw error;
      say(`${error.message}. ${error.remedy}`);
    }
  }
}

async function finish({ totp, finish: send }: Enrolment, { keyboard, say }: AdminWish): Promise<readonly string[]> {
  say("The second factor, for an authenticator (as a QR code or typed in):");
  say(`  ${totp.uri}`);
  if (keyboard === undefined) return send(totpCode(totp.secret, Date.now()));
  for (let tries = 1; ; tries++) {
    const code = await keyboard.line("The six digits that it shows now > ");
    if (code === undefined) throw interrupted();
    try {
      return await send(code.trim());
    } catch (error) {
      if (!(error instanceof RingfenceError) || tries >= mostTries) throw error;
      say("that is not the code.");
    }
  }
}

async function typed(keyboard: Keyboard | undefined, user: string): Promise<string> {
  for (;;) {
    const first = await keyboard?.secret(`A password for ${user}, twelve characters or more > `);
    const second = await keyboard?.secret("Once more > ");
    if (first === undefined || second === undefined) throw interrupted();
    if (first === second) return first;
  }
}
