/** What is done with the answers, one act after the other. Each sees what is there already, so that doing it twice changes nothing. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { ruleset } from "@ringfence/firewall";
import { loadConfig, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { readConfigFile } from "../config-file.ts";
import { askRunning } from "../control/ask-running.ts";
import { hasSystemd, hasUnit, startForNow, systemctl } from "../io/service.ts";
import { loadEverything } from "../loading.ts";
import { cleanText } from "../logs/clean-text.ts";
import { ownAddress } from "../own-address.ts";
import { serverOf, srtpOf } from "../test-call/order-from.ts";
import { placeTestCall } from "../test-call/place-test-call.ts";
import { reportLines } from "../test-call/report-text.ts";
import type { AnswersFile } from "./answers-file.ts";
import { configurationOf, isOurs, isWebhook, webhookSecret } from "./configuration.ts";
import { readText, serviceUser, writeWhole } from "./kept-files.ts";
import { type Answers, isGiven } from "./question.ts";

export interface Site {
  /** Of the configuration. */
  readonly config: string;
  readonly stateDir: string;
  /** As the configuration has to say it; undefined: it is the usual one. */
  readonly namedStateDir: string | undefined;
  readonly answers: Answers;
  readonly file: AnswersFile | undefined;
  readonly context: CliContext;
  readonly say: (line: string) => void;
}

/** A receiver that hangs is waited for so long. */
const alertPatience = 30_000;

/** @param mayReplace asked where there is a configuration that the setup did not write @returns whether it changed */
export async function writeConfiguration(site: Site, mayReplace: () => Promise<boolean>): Promise<boolean> {
  const { config, answers, file, namedStateDir, context, say } = site;
  if (isWebhook(answers)) keepWebhookSecret(config);
  const text = configurationOf(answers, { stateDir: namedStateDir, also: file?.also ?? {} });
  // What certbot has not brought yet cannot be read: that is looked at when it is there.
  if (answers.get("certificate") === "acme") readConfigFile(config, text);
  else {
    await loadEverything(config, context.environment, async () => ({ cert: "", key: "" }), text);
  }
  const before = readText(config);
  if (before === text) {
    say(`${config} is as it should be.`);
    return false;
  }
  if (before !== undefined && !isOurs(before)) {
    if (file?.overwrite !== true && !(await mayReplace())) {
      const remedy = "Name another file (--config), or let it be replaced: the old one is kept beside it.";
      throw new RingfenceError("setup-foreign", `${config} was not written by the setup, or was changed since`, remedy);
    }
    renameSync(config, `${config}.before-setup`);
    say(`the configuration of before is ${config}.before-setup now.`);
  }
  writeWhole(config, text, "service");
  say(`wrote ${config}.`);
  return true;
}

/** Once: who gets the messages has been told it. */
function keepWebhookSecret(config: string): void {
  const path = join(dirname(config), webhookSecret);
  if (readText(path) === undefined) writeWhole(path, `${randomBytes(32).toString("base64")}\n`, "service");
}

export function writeFirewall({ config, answers, say }: Site): boolean {
  if (answers.get("firewall") !== "yes") {
    say(`no packet filter is written; ringfence firewall --config ${config} prints it.`);
    return false;
  }
  const loaded = loadConfig(readFileSync(config, "utf8"));
  if (!loaded.ok) return false;
  const path = join(dirname(config), "ringfence.nft");
  const changed = writeWhole(path, ruleset(loaded.config, config).text, "service");
  say(changed ? `wrote ${path}.` : `${path} is as it should be.`);
  return changed;
}

/** Up, with this configuration. @returns what ends it again, where it was started for now only */
export async function bringUp(
  site: Site,
  changed: { readonly config: boolean; readonly firewall: boolean },
  wanted: "service" | "no-service",
): Promise<(() => Promise<void>) | undefined> {
  const { config, stateDir, context, say } = site;
  if (wanted === "service" && hasSystemd()) {
    if (changed.firewall && (await hasUnit("ringfence-firewall"))) await systemctl("restart", "ringfence-firewall");
    await systemctl(changed.config ? "reload-or-restart" : "start", "ringfence");
    if (await hasUnit("ringfence-backup.timer")) await systemctl("start", "ringfence-backup.timer");
    say("the service ringfence runs.");
    return undefined;
  }
  if (await isUp(site)) {
    if (changed.config) await askRunning(config, context, { command: "reload", by: context.environment.userName });
    say(changed.config ? "the running Ringfence took it over." : "it runs.");
    return undefined;
  }
  say("there is no systemd to start it, so it runs for the rest of this setup only.");
  return startForNow(config, stateDir, serviceUser());
}

async function isUp({ config, context }: Site): Promise<boolean> {
  try {
    await askRunning(config, context, { command: "status" });
    return true;
  } catch (error) {
    if (error instanceof RingfenceError && error.code === "not-running") return false;
    throw error;
  }
}

/** Alerts that nobody has ever got are none: a test goes out on the real way. What the other side says is for a person to judge. */
export async function tryAlerts({ config, answers, context, say }: Site): Promise<void> {
  if (!isGiven(answers, "alerts_to")) return say("nobody is told of anything. Later: alerts, docs/alerts.md.");
  const asked = { command: "test-alert", to: undefined } as const;
  const { answers: heard } = await askRunning(config, context, asked, alertPatience);
  for (const { way, ok, said } of heard)
    say(cleanText(`${way} to ${answers.get("alerts_to")}: ${ok ? "took it" : "DID NOT TAKE IT"}: ${said}`));
  if (isWebhook(answers)) say(`Its messages are signed with ${join(dirname(config), webhookSecret)}.`);
}

/** @returns whether it went well */
export async function tryCall(site: Site, password: string): Promise<boolean> {
  const { config, answers, context, say } = site;
  const { status } = await askRunning(config, context, { command: "status" });
  const loaded = loadConfig(readFileSync(config, "utf8"));
  const listeners = status.listeners.filter(({ role }) => role === "access");
  const report = await placeTestCall({
    server: serverOf(listeners, ownAddress(), undefined),
    domain: (answers.get("domains") ?? "").split(", ")[0] ?? "",
    caller: { user: answers.get("test_user") ?? "", password },
    callee: { number: answers.get("test_number") ?? "" },
    srtp: loaded.ok ? srtpOf(loaded.config) : "required",
    talk: 2_000,
  });
  for (const line of reportLines(report, context.terminal)) say(line);
  return report.ok;
}
