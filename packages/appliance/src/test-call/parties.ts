/** Who calls whom, as options name them; a password that no file holds is asked for. */
import { readFileSync } from "node:fs";
import { RingfenceError } from "@ringfence/policy";
import { hasKeyboard, openKeyboard } from "../io/keyboard.ts";
import type { CallAccount, TestCallOrder } from "./order.ts";

export interface PartyOptions {
  readonly user?: string;
  readonly passwordFile?: string;
  readonly number?: string;
  readonly answer?: string;
  readonly answerPasswordFile?: string;
}

/** @param known accounts whose passwords need no asking @throws RingfenceError `bad-option` */
export async function partiesOf(
  options: PartyOptions,
  known: readonly CallAccount[],
): Promise<Pick<TestCallOrder, "caller" | "callee">> {
  const caller = await accountOf(options.user ?? known[0]?.user, options.passwordFile, known);
  if (options.answer === undefined) return { caller, callee: { number: numberOf(options.number) } };
  return { caller, callee: await accountOf(options.answer, options.answerPasswordFile, known) };
}

async function accountOf(
  user: string | undefined,
  file: string | undefined,
  known: readonly CallAccount[],
): Promise<CallAccount> {
  if (user === undefined) {
    throw new RingfenceError("bad-option", "whose telephone is it?", "Name an account of the PBX: --user NUMBER.");
  }
  const found = known.find((one) => one.user === user);
  if (found !== undefined && file === undefined) return found;
  return { user, password: file === undefined ? await askPassword(user) : textOf(file).trim() };
}

async function askPassword(user: string): Promise<string> {
  if (!hasKeyboard()) {
    throw new RingfenceError("bad-option", `the password of ${user} is missing`, "Name a file: --password-file FILE.");
  }
  const keyboard = openKeyboard();
  try {
    return (await keyboard.secret(`password of ${user}: `)) ?? "";
  } finally {
    keyboard.close();
  }
}

function numberOf(number: string | undefined): string {
  if (number !== undefined) return number;
  const remedy = "Name an echo (--number), or a second account that answers (--answer).";
  throw new RingfenceError("bad-option", "there is nobody to call", remedy);
}

/** @throws RingfenceError `bad-option` */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new RingfenceError("bad-option", `${file} cannot be read`, "Check the path.");
  }
}
