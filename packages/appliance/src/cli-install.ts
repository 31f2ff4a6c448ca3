/** The commands of an installation: is it right, from end to end? */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";

export interface TestCallOptions {
  readonly config?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly number?: string;
  readonly answer?: string;
  readonly answerPasswordFile?: string;
  readonly transport?: string;
  readonly to?: string;
  readonly domain?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly plain?: boolean;
  readonly talk: string;
  readonly json?: boolean;
}

export interface SetupOptions {
  readonly config: string;
  readonly state?: string;
  readonly answers?: string;
  readonly again?: boolean;
  readonly service: boolean;
}

const setupHelp = `
It can be interrupted and repeated: answers are kept, and what is done already is left as it is.
Keys of the file of answers: pbx, domains, phones_from, trunks_from, public_address, transports, country, certificate,
certificate_file, certificate_key, acme_email, acme_run, backup_key, alerts_to, alerts_smtp, collector, admin, admin_password_file, firewall,
test_user, test_number, test_password_file, checklist, overwrite, also. docs/quickstart.md has a whole one.
Exit code 1: it runs, but the test call failed.`;

export function addInstallCommands(program: Command, context: CliContext, run: RunCommand): void {
  program
    .command("setup")
    .description("from nothing to a running service: asks, writes the configuration, and places a test call")
    .option("--answers <file>", "the same questions as keys of a YAML file; nobody is asked")
    .option("--again", "ask everything once more, with the answers of before")
    .option("-c, --config <file>", "what is written", "/etc/ringfence/ringfence.yaml")
    .option("--state <folder>", "state, and the answers so far; without it /var/lib/ringfence")
    .option("--no-service", "where no systemd runs: start it for the test only, and say what to run")
    .addHelpText("after", setupHelp)
    .action((options: SetupOptions) => run(async () => (await import("./commands/setup.ts")).setup(options, context)));
  program
    .command("test-call")
    .description("be a telephone: register, call, hear, hang up; says where it stops, and what to do")
    .option("-c, --config <file>", "through the Ringfence of this configuration; without it the one that runs here")
    .option("--user <account>", "whose telephone it is, as the PBX knows it; in the demo 1001")
    .option("--password-file <file>", "its password; without it you are asked")
    .option("--number <number>", "call this: it must answer by itself and echo; in the demo 600")
    .option("--answer <account>", "instead: call this second account, which answers and is heard too")
    .option("--answer-password-file <file>", "the password of the second account")
    .option("--transport <name>", "tls, tcp or udp; without it the first of these that is open")
    .option("--to <host>", "another place, HOST or HOST:PORT; its certificate is checked")
    .option("--domain <name>", "the SIP domain; without it the first of phones.domains")
    .option("--ca <file>", "with --to: the authority that signed the certificate (PEM)")
    .option("--insecure", "with --to: any certificate will do")
    .option("--plain", "without SRTP")
    .option("--talk <time>", "how long it is listened", "2s")
    .option("--json", "for programs")
    .addHelpText("after", "\nExit code 1: the call failed.")
    .action((options: TestCallOptions) =>
      run(async () => (await import("./commands/test-call.ts")).testCall(options, context)),
    );
}
