/** The command that shows signalling as it happens. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";
import type { TraceOptions } from "./commands/trace.ts";

export function addTraceCommand(program: Command, context: CliContext, run: RunCommand): void {
  program
    .command("trace")
    .description(
      "the signalling as it happens: a ladder of both legs of each call that fits, decrypted and masked as the log",
    )
    .option("--account <user>", "who calls, is called or registers, as 1001")
    .option("--number <number>", "a number, however it is written")
    .option("--source <address>", "a phone's or carrier's address, or a block")
    .option("--call <id>", "a call: its id in the log, or a Call-ID")
    .option("--trunk <name>", "what goes to this carrier and comes from it")
    .option("--method <name>", "REGISTER, OPTIONS, ...")
    .option("--for <time>", "how long: 30s, 5m, 1h", "5m")
    .option("--pcap <file>", "write the messages there too, for Wireshark or sngrep")
    .option("-c, --config <file>", "of several running ones, the one with this configuration file")
    .option("--json", "one object a line, for programs")
    .addHelpText("after", "\nWho traced whom stands in the log.")
    .action((options: TraceOptions) => run(async () => (await import("./commands/trace.ts")).trace(options, context)));
}
