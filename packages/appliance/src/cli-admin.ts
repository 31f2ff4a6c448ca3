/** The commands about who may sign in to the console, and about what persons did. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";

const which = ["-c, --config <file>", "of several running ones, the one with this configuration file"] as const;

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

export interface KeyOptions extends Options {
  readonly role: string;
  readonly for: string;
  readonly from: readonly string[];
}

export interface AuditOptions extends Options {
  readonly last: string;
}

export function addAdminCommands(program: Command, context: CliContext, run: RunCommand): void {
  const admin = program.command("admin").description("who may sign in to console and API: docs/admin.md");
  const commands = () => import("./commands/admin.ts");
  admin
    .command("enrol")
    .description("print the code with which the first user signs in, on this machine, within a quarter of an hour")
    .option(...which)
    .action((options: Options) => run(async () => (await commands()).enrol(options, context)));
  admin
    .command("users", { isDefault: true })
    .description("who may sign in, and with what")
    .option(...which)
    .option("--json", "for programs")
    .action((options: Options) => run(async () => (await commands()).users(options, context)));
  admin
    .command("add")
    .description("invite somebody: prints a code that holds once, for a day")
    .argument("<name>", "lower case")
    .option("--role <role>", "viewer, operator or admin", "viewer")
    .option(...which)
    .action((name: string, options: Options & { readonly role: string }) =>
      run(async () => (await commands()).add(name, options, context)),
    );
  admin
    .command("reset")
    .description("forget somebody's password and second factor, and invite them anew; also the last admin")
    .argument("<name>", "as `users` shows it")
    .option(...which)
    .action((name: string, options: Options) => run(async () => (await commands()).reset(name, options, context)));
  admin
    .command("remove")
    .description("let somebody sign in no more")
    .argument("<name>", "as `users` shows it")
    .option(...which)
    .action((name: string, options: Options) => run(async () => (await commands()).remove(name, options, context)));
  admin
    .command("sign-out")
    .description("end every session, or those of one user: each signs in again, with password and second factor")
    .argument("[name]", "as `users` shows it")
    .option(...which)
    .action((name: string | undefined, options: Options) =>
      run(async () => (await commands()).signOut(name, options, context)),
    );
  admin
    .command("keys")
    .description("keys of programs")
    .option(...which)
    .option("--json", "for programs")
    .action((options: Options) => run(async () => (await commands()).keys(options, context)));
  admin
    .command("key")
    .description("make a key for a program, and print it once; --remove takes one back")
    .argument("<name>", "what it is for; with --remove its id")
    .option("--role <role>", "viewer, operator or admin", "viewer")
    .option("--for <time>", "how long it holds: 90d", "90d")
    .option("--from <address...>", "addresses and blocks that it may be used from", [])
    .option("--remove", "take the key with this id back")
    .option(...which)
    .action((name: string, options: KeyOptions & { readonly remove?: boolean }) =>
      run(async () => (await commands()).key(name, options, context)),
    );
  const log = program
    .command("audit-log")
    .description(
      "what persons did, at the command line and at the console; verify proves that no row was changed or dropped",
    );
  log
    .command("list", { isDefault: true })
    .description("the newest first")
    .option("--last <count>", "so many", "50")
    .option(...which)
    .option("--json", "a line of JSON each")
    .action((options: AuditOptions) => run(async () => (await commands()).auditLog(options, context)));
  log
    .command("verify")
    .description("prove the chain of hashes over all rows")
    .option("--head <hex>", "and that this head, which was kept elsewhere, is in it")
    .option(...which)
    .action((options: { readonly config?: string; readonly head?: string }) =>
      run(async () => (await commands()).verifyAuditLog(options, context)),
    );
}
