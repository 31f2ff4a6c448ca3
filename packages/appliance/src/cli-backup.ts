/** The commands that keep everything, and bring it back. They read and write files themselves: Ringfence may run or not. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";
import type { BackupOptions } from "./commands/backup.ts";
import type { RestoreOptions } from "./commands/restore.ts";

export function addBackupCommands(program: Command, context: CliContext, run: RunCommand): void {
  program
    .command("backup")
    .description("everything that a restore needs, as one encrypted file; see docs/backup.md")
    .option("-c, --config <file>", "of this configuration; without it: of the one that runs, or of the installed one")
    .option("--to <folder>", "not where the configuration says; nothing is removed there, nor copied elsewhere")
    .option("--encrypt-to <key...>", "age1...; not to the keys of the configuration")
    .option("--reason <word>", "by-hand, timer or upgrade: it stands in the name", "by-hand")
    .option("--if-due", "only when the last one is older than `backup.every` wants it")
    .option("--if-configured", "where no backups are wanted, say so and do nothing")
    .option("--new-key <file>", "instead: make a key, the private half into this new file")
    .option("--json", "for programs")
    .action((options: BackupOptions) =>
      run(async () => (await import("./commands/backup.ts")).backup(options, context)),
    );
  program
    .command("restore")
    .description("this machine made from a backup; it is read to its end before anything is touched")
    .argument("[file]", "ringfence-...tar.age")
    .option("--key <file>", "the private key, as age-keygen wrote it")
    .option("-c, --config <file>", "where the configuration goes; without it: where the package has it")
    .option("--outside", "also write files that the configuration names elsewhere than beside it")
    .option("--verify", "touch nothing: start a private Ringfence from it, place a call, and say so")
    .option("--finish", "only go on with one that was interrupted, if there is one")
    .action((file: string | undefined, options: RestoreOptions) =>
      run(async () => (await import("./commands/restore.ts")).restore(file, options, context)),
    );
}
