/** The commands that ask about decisions: those that were made, and those that other rules would make. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";
import type { AuditOptions } from "./commands/audit.ts";
import type { ExplainOptions } from "./commands/explain.ts";
import type { ProbeOptions } from "./commands/probe.ts";

const which = ["-c, --config <file>", "of several running ones, the one with this configuration file"] as const;

export function addPolicyCommands(program: Command, context: CliContext, run: RunCommand): void {
  program
    .command("explain")
    .description(
      "why a call was let through or refused, or would be: every rule that is asked, with its line in the file",
    )
    .argument("[id]", "a decision id of the log: what the running Ringfence decided, and why")
    .option("--to <number>", "instead of an id: would a call to this number, name or SIP address be let through now?")
    .option("--from <account>", "the account of the phone; without it nobody is registered")
    .option("--source <address>", "where it comes from", "192.0.2.1")
    .option("--transport <name>", "udp, tcp, tls, ws or wss", "tls")
    .option("--through <trunk>", "as a call that the PBX sends to this carrier")
    .option("--at <time>", "when: '2026-11-22 03:00', in the time zone of this machine")
    .option("-c, --config <file>", "with --to: ask this file, and nothing that runs; with an id: which running one")
    .option("--running", "with --to and --config: ask the running one with this configuration file")
    .option("--json", "for programs")
    .action((id: string | undefined, options: ExplainOptions) =>
      run(async () => (await import("./commands/explain.ts")).explain(id, options, context)),
    );
  program
    .command("replay")
    .description("recorded calls through other rules: which would now be refused or let in, and by which rule")
    .argument("<record>", "a capture (pcap, pcapng), or what `decisions --json` wrote")
    .requiredOption("-c, --config <file>", "the rules to try")
    .option("--against <file>", "compare with these rules; without it with what was decided then")
    .option("--json", "for programs")
    .addHelpText("after", "\nExit code 1: something differs.")
    .action(
      (record: string, options: { readonly config: string; readonly against?: string; readonly json?: boolean }) =>
        run(async () => (await import("./commands/replay.ts")).replay(record, options, context)),
    );
  program
    .command("audit")
    .description("grade it by the hardening checklist: what was found, why it matters, and what to do")
    .option("-c, --config <file>", "this configuration file alone; with --host: and the machine it serves on")
    .option("--host", "the machine too: ports, modes, kernel, updates; as root it sees more")
    .option("--fail-on <severity>", "exit code 1 for findings from this severity on", "high")
    .option("--json", "for programs")
    .addHelpText("after", "\nExit code 1: something as severe as --fail-on was found.")
    .action((options: AuditOptions) => run(async () => (await import("./commands/audit.ts")).audit(options, context)));
  program
    .command("probe")
    .description("grade a SIP service from outside, this one or another of yours: one target, ten requests a second")
    .argument("<host>", "its name, as phones know it, or its address")
    .option("--domain <name>", "the SIP domain, if it is another than the host")
    .option("--port <kind=number>", "such as tls=5061; udp, tcp, tls, ws, wss; again for more", collect)
    .option(
      "--account <name>",
      "an account that is there, to be compared with names that are not; again for more",
      collect,
    )
    .option("--deep", "and two calls between accounts of yours: SRTP, and what somebody beside a call could do to it")
    .option("--user <account>", "with --deep: who calls")
    .option("--password-file <file>", "its password; without it you are asked")
    .option("--number <number>", "who is called: a number that answers by itself and echoes")
    .option("--answer <account>", "instead: a second account, which answers and is heard too")
    .option("--answer-password-file <file>", "the password of the second account")
    .option("--beside <address>", "another address of this machine, for whoever is beside the call")
    .option("--baseline <file>", "a report of before (--json): only what is new counts")
    .option("--fail-on <severity>", "exit code 1 for findings from this severity on", "high")
    .option("--json", "for programs")
    .option("--yes", "it is mine, or its owner has agreed")
    .addHelpText(
      "after",
      "\nExit code 1: something as severe as --fail-on was found, or something that the baseline has not.",
    )
    .action((host: string, options: ProbeOptions) =>
      run(async () => (await import("./commands/probe.ts")).probe(host, options, context)),
    );
  program
    .command("decisions")
    .description("what was decided last, calls that were let through and everything that was refused")
    .option(...which)
    .option("--json", "one object a line, for `replay`")
    .action((options: { readonly config?: string; readonly json?: boolean }) =>
      run(async () => (await import("./commands/decisions.ts")).decisions(options, context)),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
