/** The command line: what can be asked, and help that shows how. Each command loads its own code only when it runs. */
import { loadNative } from "@ringfence/native";
import { Command, CommanderError } from "commander";
import { addAdminCommands } from "./cli-admin.ts";
import { addAlertCommands } from "./cli-alerts.ts";
import { addBackupCommands } from "./cli-backup.ts";
import { addConfigCommands, type RunCommand } from "./cli-config.ts";
import { addInstallCommands } from "./cli-install.ts";
import { addPolicyCommands } from "./cli-policy.ts";
import { addRecordCommands } from "./cli-records.ts";
import { addTraceCommand } from "./cli-trace.ts";
import type { LogOptions } from "./commands/log.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, describeFailure, describeWarnings, exitCodeOf, exitCodes } from "./failures.ts";
import { cleanText } from "./logs/clean-text.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

export interface CliContext {
  readonly environment: Environment;
  readonly terminal: Terminal;
}

const examples = `
Examples:
  ./ringfence setup                        from nothing to a running service, question by question
  ./ringfence start                        the demo: a PBX of its own, two accounts, no config file
  ./ringfence start --config sbc.yaml      in front of your PBX
  ./ringfence check sbc.yaml               is the file right? every problem with line and column
  ./ringfence diff                         what would a reload change?
  ./ringfence explain 77a0840934ae         why was this decided? the id stands in the log
  ./ringfence explain --from 1001 --to 0088161234567   would it be let through now? --config FILE: by that file
  ./ringfence replay calls.pcap --config new.yaml --against old.yaml   what would other rules do with these calls?
  ./ringfence reload                       take the changed file over; calls go on
  ./ringfence reload --confirm 5m          the same, and back again unless confirmed
  ./ringfence status                       calls, registrations, ports, the last reload
  ./ringfence bans                         who is banned, and why; ban and unban change it
  ./ringfence cdr --since 24h              who called whom, how it sounded, and why it ended
  ./ringfence trace --account 1001 --for 5m    the signalling as it happens, as a ladder; --pcap FILE
  ./ringfence log trunk debug --for 10m    more about carriers in the log, for ten minutes
  ./ringfence test-call --user 1001 --number 600   be a telephone: does a call work, from end to end?
  ./ringfence backup                       everything that a restore needs, as one encrypted file
  ./ringfence drain                        no new calls; ends when the last one has

Exit codes: 0 done · 1 replay: something differs; setup, test-call: the call failed · 2 bad usage, missing file, taken port, nothing running · 70 a fault of Ringfence · 78 bad config`;

/** Runs one command to its end. Never throws. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const { terminal } = context;
  const result = { code: exitCodes.ok as number };
  const program = build(context, result);
  if (args.length === 0) {
    terminal.out(`${program.helpInformation().trimEnd()}\n${examples}`);
    return exitCodes.ok;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return result.code;
  } catch (error) {
    // commander has printed its line already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.refused;
    // Problems of a file begin with its name, as editors expect it.
    const prefix = error instanceof ConfigError ? "" : "ringfence: ";
    for (const line of describeFailure(error)) terminal.problem(prefix + line);
    for (const line of describeWarnings(error)) terminal.warning(line);
    return exitCodeOf(error);
  }
}

function build(context: CliContext, result: { code: number }): Command {
  const { terminal } = context;
  const program = new Command("ringfence");
  program
    .description(
      "A session border controller in front of miniSipServer: phones and carriers talk to it, it talks to the PBX.",
    )
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show help; also after a command: ./ringfence start --help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.problem(text.trimEnd()),
      outputError: (text, write) =>
        write(`ringfence: ${withoutLabel(cleanText(text.trimEnd()))}. See ./ringfence --help`),
    })
    .addHelpText("after", examples);
  const run: RunCommand = async (work) => {
    result.code = await work();
  };
  program
    .command("start")
    .description("run in the foreground until Ctrl-C; without --config: a demo that needs nothing else")
    .option("-c, --config <file>", "the configuration file (YAML)")
    .option(
      "--demo-port <port>",
      "demo only: listen here for UDP and TCP, and one above for TLS, instead of 5060 and 5061",
    )
    .addHelpText("after", "\nSIGHUP reloads the configuration, SIGTERM and Ctrl-C stop it; a second one does not wait.")
    .action((options: { readonly config?: string; readonly demoPort?: string }) =>
      run(async () => (await import("./commands/start.ts")).start(options, context)),
    );
  addConfigCommands(program, context, run);
  addRecordCommands(program, context, run);
  addAdminCommands(program, context, run);
  addBackupCommands(program, context, run);
  program
    .command("status")
    .description("what the running Ringfence does right now")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .option("--json", "for programs")
    .action((options: { readonly config?: string; readonly json?: boolean }) =>
      run(async () => (await import("./commands/status.ts")).status(options, context)),
    );
  program
    .command("log")
    .description("how much is logged about what, and where it goes; with an area: more or less of it for a while")
    .argument("[area]", "signalling, registration, call, trunk, ... or all")
    .argument("[level]", "trace, debug, info, warn or error")
    .option("--for <time>", "then it is as the configuration says again: 30s, 10m, 2h", "15m")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .option("--json", "for programs")
    .action((area: string | undefined, level: string | undefined, options: LogOptions) =>
      run(async () => (await import("./commands/log.ts")).log(area, level, options, context)),
    );
  program
    .command("drain")
    .description("take no new calls, let the old ones finish, then end; emergency calls still pass")
    .option("--wait <time>", "come back when it has ended, or after this time: 30s, 2m, 1h")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .action((options: { readonly config?: string; readonly wait?: string }) =>
      run(async () => (await import("./commands/drain.ts")).drain(options, context)),
    );
  program
    .command("bans")
    .description("who is banned or suspect, which accounts are locked, why, and how long still")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .option("--json", "for programs")
    .action((options: { readonly config?: string; readonly json?: boolean }) =>
      run(async () => (await import("./commands/bans.ts")).bans(options, context)),
    );
  program
    .command("ban")
    .description("hear nobody new from this address; phones registered there go on")
    .argument("<address>", "IPv4, or IPv6 for its whole /64")
    .argument("<time>", "30s, 5m, 1h, 7d")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .action((source: string, time: string, options: { readonly config?: string }) =>
      run(async () => (await import("./commands/bans.ts")).ban(source, time, options, context)),
    );
  program
    .command("unban")
    .description("lift a ban or a lock, and forget the failures that led to it")
    .argument("<who>", "address, network or account, as `bans` shows it")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .action((label: string, options: { readonly config?: string }) =>
      run(async () => (await import("./commands/bans.ts")).unban(label, options, context)),
    );
  program
    .command("firewall")
    .description("print the ruleset for the kernel's packet filter (nft -f); docs/defence.md says how it is used")
    .option("-c, --config <file>", "the configuration file (YAML)")
    .option("--prove", "instead: show now that the kernel drops what the running Ringfence has banned")
    .action((options: { readonly config?: string; readonly prove?: boolean }) =>
      run(async () => (await import("./commands/firewall.ts")).firewall(options, context)),
    );
  program
    .command("suspend")
    .description("end an account's calls and let it begin none until it is resumed; emergency calls still pass")
    .argument("<account>", "its user part, as 1001")
    .option("--for <duration>", "lift it by itself after this: 12h, 7d")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .action((account: string, options: { readonly config?: string; readonly for?: string }) =>
      run(async () => (await import("./commands/suspension.ts")).suspend(account, options, context)),
    );
  program
    .command("resume")
    .description("let a suspended account call again")
    .argument("<account>", "its user part, as 1001")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .action((account: string, options: { readonly config?: string }) =>
      run(async () => (await import("./commands/suspension.ts")).resume(account, options, context)),
    );
  addInstallCommands(program, context, run);
  addPolicyCommands(program, context, run);
  addAlertCommands(program, context, run);
  addTraceCommand(program, context, run);
  program
    .command("version")
    .description("print the version, the runtime, and whether the native code is there")
    .action(() => {
      terminal.out(`ringfence ${version}, Node ${process.version}, ${process.platform} ${process.arch}`);
      const native = loadNative();
      terminal.out(native.loaded ? "native code: built and loaded" : `native code: none: ${native.why}`);
    });
  return program;
}

function withoutLabel(text: string): string {
  return text.startsWith("error: ") ? text.slice("error: ".length) : text;
}
