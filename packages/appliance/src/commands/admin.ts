/** `ringfence admin ...` and `ringfence audit-log`: who may sign in to the console, and what persons did. */
import type { ApiKey, Role, User } from "@ringfence/admin";
import { parseDuration, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import type { AuditOptions, KeyOptions } from "../cli-admin.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";
import { openAuditBook } from "../records/find-book.ts";
import { table } from "../table.ts";
import { proveChain } from "./prove-chain.ts";

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

type Done = Promise<number>;

export async function enrol({ config }: Options, context: CliContext): Done {
  const { code, until, url } = await askRunning(config, context, { command: "admin-enrol" });
  context.terminal.out(`Open ${url} on this machine, and sign in for the first time with the code`);
  context.terminal.out(`  ${context.terminal.bold(code)}`);
  context.terminal.out(`It holds once, until ${at(until)}.`);
  return exitCodes.ok;
}

export async function users({ config, json }: Options, context: CliContext): Done {
  const { users: list } = await askRunning(config, context, { command: "admin-users" });
  const { terminal } = context;
  if (json === true) terminal.out(JSON.stringify(list, undefined, 2));
  else if (list.length === 0) terminal.out("nobody can sign in yet: ./ringfence admin enrol");
  else
    for (const line of table(["name", "role", "second factor", "recovery codes", "last sign-in"], list.map(userRow)))
      terminal.out(line);
  return exitCodes.ok;
}

export async function add(name: string, { config, role }: Options & { role: string }, context: CliContext): Done {
  const answer = await askRunning(config, context, { command: "admin-add", name, role: roleOf(role) });
  return invited(answer, context);
}

export async function reset(name: string, { config }: Options, context: CliContext): Done {
  return invited(await askRunning(config, context, { command: "admin-reset", name }), context);
}

export async function remove(name: string, { config }: Options, context: CliContext): Done {
  await askRunning(config, context, { command: "admin-remove", name });
  context.terminal.out(`${name} signs in no more`);
  return exitCodes.ok;
}

export async function keys({ config, json }: Options, context: CliContext): Done {
  const { keys: list } = await askRunning(config, context, { command: "admin-keys" });
  const { terminal } = context;
  if (json === true) terminal.out(JSON.stringify(list, undefined, 2));
  else if (list.length === 0) terminal.out("there are no keys");
  else
    for (const line of table(["id", "for", "role", "until", "from", "last used"], list.map(keyRow))) terminal.out(line);
  return exitCodes.ok;
}

export async function key(
  name: string,
  { config, role, for: time, from, remove: gone }: KeyOptions & { readonly remove?: boolean },
  context: CliContext,
): Done {
  const { terminal, environment } = context;
  if (gone === true) {
    await askRunning(config, context, { command: "admin-key-remove", id: name });
    terminal.out(`key ${name} holds no more`);
    return exitCodes.ok;
  }
  const forMs = parseDuration(time);
  if (forMs === undefined || forMs < 60_000) {
    throw new RingfenceError("not-a-duration", `--for ${time} is no time`, "Write a number and a unit: 12h, 90d");
  }
  const wanted = { name, role: roleOf(role), forMs, addresses: [...from] };
  const made = await askRunning(config, context, { command: "admin-key", by: environment.userName, ...wanted });
  terminal.out(`key ${made.key.id}, ${made.key.role}, until ${at(made.key.expires)}. It is shown this once:`);
  terminal.out(`  ${terminal.bold(made.secret)}`);
  return exitCodes.ok;
}

export async function auditLog({ config, last, json }: AuditOptions, context: CliContext): Done {
  const limit = Math.min(1_000, Math.max(1, Number(last) || 50));
  const { items } = await askRunning(config, context, { command: "audit-log", limit });
  const { terminal } = context;
  for (const entry of items) {
    if (json === true) terminal.out(JSON.stringify(entry));
    else {
      const { by, via, act, object, result, detail } = entry;
      const why = detail === "" ? "" : ` (${detail})`;
      terminal.out(cleanText(`${at(entry.at)}  ${by || "?"} by ${via}: ${act} ${object} ${result}${why}`));
    }
  }
  return exitCodes.ok;
}

/** @throws RingfenceError, ConfigError */
export async function verifyAuditLog(
  { config, head }: { readonly config?: string; readonly head?: string },
  { environment, terminal }: CliContext,
): Done {
  const book = openAuditBook(config, environment);
  try {
    return proveChain(book, head, terminal);
  } finally {
    book.close();
  }
}

/** @throws RingfenceError */
export async function signOut(name: string | undefined, { config }: Options, context: CliContext): Done {
  const { ended } = await askRunning(config, context, { command: "admin-sign-out", ...(name && { name }) });
  const whose = name === undefined ? "" : ` of ${name}`;
  context.terminal.out(`${ended} ${ended === 1 ? "session" : "sessions"}${whose} ended; keys of programs hold on`);
  return exitCodes.ok;
}

interface Invited {
  readonly invitation: { readonly name: string; readonly code: string; readonly until: number };
  readonly url: string;
}

function invited({ invitation, url }: Invited, { terminal }: CliContext): number {
  terminal.out(`${invitation.name} opens ${url} and enrols with the code`);
  terminal.out(`  ${terminal.bold(invitation.code)}`);
  terminal.out(`It holds once, until ${at(invitation.until)}. Give it to nobody else.`);
  return exitCodes.ok;
}

function roleOf(text: string): Role {
  if (text === "viewer" || text === "operator" || text === "admin") return text;
  throw new RingfenceError("bad-option", `--role ${text} is none`, "Use viewer, operator or admin.");
}

function userRow({ name, role, totp, passkeys, recoveryCodes, invitedUntil, lastSignIn }: User): readonly string[] {
  const factors = [...(totp ? ["authenticator"] : []), ...(passkeys > 0 ? [`${passkeys} passkeys`] : [])];
  const waits = invitedUntil === null ? "none: reset" : `invited until ${at(invitedUntil)}`;
  const seen = lastSignIn === null ? "never" : at(lastSignIn);
  return [name, role, factors.length === 0 ? waits : factors.join(", "), String(recoveryCodes), seen];
}

function keyRow({ id, name, role, expires, addresses, lastUsed }: ApiKey): readonly string[] {
  const from = addresses.length === 0 ? "anywhere allowed" : addresses.join(" ");
  return [id, cleanText(name), role, at(expires), from, lastUsed === null ? "never" : at(lastUsed)];
}

function at(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}
