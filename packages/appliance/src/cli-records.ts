/** The commands about the records of calls. They read the file itself: Ringfence may run or not. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";
import type { CdrOptions } from "./commands/cdr.ts";
import type { CdrExportOptions } from "./commands/cdr-export.ts";

const which = ["-c, --config <file>", "of this configuration; without it: of the one that runs"] as const;

interface Options {
  readonly config?: string;
  readonly head?: string;
  readonly yes?: boolean;
}

export function addRecordCommands(program: Command, context: CliContext, run: RunCommand): void {
  const cdr = program
    .command("cdr")
    .description("the records of calls, as CSV; verify proves that none was changed or dropped");
  cdr
    .command("list", { isDefault: true })
    .description("a line for each call, the oldest first")
    .option("--since <time>", "24h, or '2026-11-22 03:00'")
    .option("--until <time>", "the same")
    .option("--json", "a line of JSON each")
    .option("--to <file>", "into a new file that only you can read")
    .option(...which)
    .action((options: CdrOptions) => run(async () => (await import("./commands/cdr.ts")).cdr(options, context)));
  cdr
    .command("export")
    .description("the calls of a time as a file, encrypted to keys of age if you name some")
    .option("--from <time>", "24h, or '2026-11-22 03:00'")
    .option("--to <time>", "the same; what ended then is not in it")
    .option("--format <format>", "csv or jsonl", "csv")
    .option("--encrypt-to <key...>", "age1...")
    .requiredOption("-o, --output <file>", "a new file that only you can read")
    .option(...which)
    .action((options: CdrExportOptions) =>
      run(async () => (await import("./commands/cdr-export.ts")).exportRecords(options, context)),
    );
  cdr
    .command("verify")
    .description("prove the chain of hashes over all rows")
    .option("--head <hex>", "and that this head, which was kept elsewhere, is in it")
    .option(...which)
    .action((options: Options) => run(async () => (await import("./commands/cdr.ts")).verify(options, context)));
  const privacy = program.command("privacy").description("what the records hold about one person");
  privacy
    .command("show")
    .description("every row that names this number, account or address, as lines of JSON")
    .argument("<who>", "+49 30 123456, 1001 or 192.0.2.7")
    .option(...which)
    .action((who: string, options: Options) =>
      run(async () => (await import("./commands/privacy.ts")).show(who, options, context)),
    );
  privacy
    .command("erase")
    .description("take who it was out of every such row; that there was a call stays")
    .argument("<who>", "+49 30 123456, 1001 or 192.0.2.7")
    .option("--yes", "do it; without it, say how many rows")
    .option(...which)
    .action((who: string, options: Options) =>
      run(async () => (await import("./commands/privacy.ts")).erase(who, options, context)),
    );
}
