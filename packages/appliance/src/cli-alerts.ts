/** The commands about alerts: what is open, whether somebody would be told, and that somebody has seen one. */
import type { Command } from "commander";
import type { CliContext } from "./cli.ts";
import type { RunCommand } from "./cli-config.ts";
import type { AlertOptions } from "./commands/alerts.ts";

const which = ["-c, --config <file>", "of several running ones, the one with this configuration file"] as const;

export function addAlertCommands(program: Command, context: CliContext, run: RunCommand): void {
  const alerts = program
    .command("alerts")
    .description("what is wrong now, and what was last")
    .option(...which)
    .option("--json", "for programs")
    .action((options: AlertOptions) =>
      run(async () => (await import("./commands/alerts.ts")).listAlerts(options, context)),
    );
  alerts
    .command("test")
    .description("tell everybody in `alerts`, or one of them, that this is a test; and what they answered")
    .argument("[name]", "a name in `alerts`")
    .action((name: string | undefined) =>
      run(async () => (await import("./commands/alerts.ts")).testAlert(name, alerts.opts(), context)),
    );
  alerts
    .command("acknowledge")
    .description("nobody is told of that one again while it is open")
    .argument("<id>", "its number")
    .action((id: string) =>
      run(async () => (await import("./commands/alerts.ts")).acknowledge(id, alerts.opts(), context)),
    );
}
