/** The commands that look at configurations and change which one serves. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { CertificateOptions } from "./commands/certificates.ts";

/** Runs a command and keeps its exit code. */
export type RunCommand = (work: () => Promise<number>) => Promise<void>;

const which = ["-c, --config <file>", "of several running ones, the one with this configuration file"] as const;

interface Options {
  readonly config?: string;
  readonly confirm?: string;
  readonly json?: boolean;
}

export function addConfigCommands(program: Command, context: CliContext, run: RunCommand): void {
  program
    .command("check")
    .description("read a configuration file, with its certificates, and say everything that is wrong with it")
    .argument("<file>", "the configuration file (YAML)")
    .action((file: string) => run(async () => (await import("./commands/check.ts")).check(file, context)));
  program
    .command("schema")
    .description("print the JSON Schema of the configuration file, for editors")
    .action(() =>
      run(async () => {
        const { configJsonSchema } = await import("@ringfence/policy");
        context.terminal.out(JSON.stringify(configJsonSchema(), undefined, 2));
        return 0;
      }),
    );
  const certificates = program
    .command("certificates")
    .description("where the certificates are, until when, and how certbot is asked for those with `acme`");
  const one = ["-c, --config <file>", "the configuration file (YAML)"] as const;
  certificates
    .command("list", { isDefault: true })
    .description("a line for each, and the command for certbot")
    .requiredOption(...one)
    .option("--json", "for programs")
    .action((options: CertificateOptions) =>
      run(async () => (await import("./commands/certificates.ts")).certificates(options, context)),
    );
  certificates
    .command("take")
    .description("judge what certbot brought, put it into place and reload; calls and connections stay")
    .argument("<folder>", "of fullchain.pem and privkey.pem, as /etc/letsencrypt/live/edge")
    .requiredOption(...one)
    .option("--if-ours", "a folder of somebody else is no error")
    .action((folder: string, options: CertificateOptions) =>
      run(async () => (await import("./commands/certificates.ts")).take(folder, options, context)),
    );
  program
    .command("diff")
    .description("what a reload would change in the running Ringfence; nothing is done")
    .argument("[file]", "compare with this file, not with the one it was started with")
    .option(...which)
    .action((file: string | undefined, options: Options) =>
      run(async () => (await import("./commands/diff.ts")).diff(file, options, context)),
    );
  program
    .command("reload")
    .description("make the running Ringfence read its configuration again; one that is wrong changes nothing")
    .option("--confirm <time>", "go back by itself after this time (5m) unless ./ringfence confirm is said before")
    .option(...which)
    .action((options: Options) => run(async () => (await import("./commands/reload.ts")).reload(options, context)));
  program
    .command("confirm")
    .description("keep what reload --confirm brought")
    .option(...which)
    .action((options: Options) => run(async () => (await import("./commands/reload.ts")).confirm(options, context)));
  program
    .command("rollback")
    .description("put the configuration that served before in force again; the file stays as it is")
    .argument("[generation]", "or this one of ./ringfence history")
    .option(...which)
    .action((to: string | undefined, options: Options) =>
      run(async () => (await import("./commands/reload.ts")).rollback(to, options, context)),
    );
  program
    .command("history")
    .description("the last 20 configurations that were in force: when, and who asked for them")
    .argument("[generation]", "print the text of this one")
    .option(...which)
    .option("--json", "for programs")
    .action((generation: string | undefined, options: Options) =>
      run(async () => (await import("./commands/history.ts")).history(generation, options, context)),
    );
}
