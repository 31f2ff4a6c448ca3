/** `ringfence setup`: from nothing to a service that a phone can call through, question by question or from a file of answers. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import type { SetupOptions } from "../cli-install.ts";
import { exitCodes } from "../failures.ts";
import { whereCertbotIs } from "../io/certbot.ts";
import { addressOf } from "../io/host-address.ts";
import { hasKeyboard, type Keyboard, openKeyboard } from "../io/keyboard.ts";
import { bringUp, type Site, tryAlerts, tryCall, writeConfiguration, writeFirewall } from "../setup/acts.ts";
import { type AnswersFile, readAnswers } from "../setup/answers-file.ts";
import { fetchCertificate, makeCertificates, sealAuthority } from "../setup/certificate.ts";
import { checklist } from "../setup/checklist.ts";
import { askPerson, interrupted, thisMachine } from "../setup/conversation.ts";
import { enrolFirst } from "../setup/first-admin.ts";
import { tryPbx } from "../setup/pbx-trial.ts";
import { isGiven, splitPlace } from "../setup/question.ts";

const usualState = "/var/lib/ringfence";
/** Certificates, configuration, packet filter, service, administrator, alerts, test call, what is left. */
const acts = 8;

/** @throws RingfenceError, ConfigError */
export async function setup(options: SetupOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const say = (line: string): void => terminal.out(line);
  const machine = thisMachine();
  const stateDir = resolve(options.state ?? usualState);
  const file = options.answers === undefined ? undefined : fileOf(options.answers);
  const keyboard = file === undefined ? personsKeyboard() : undefined;
  try {
    const answers =
      file?.answers ??
      (await askPerson(stateDir, machine, options.again === true, {
        keyboard: keyboard ?? openKeyboard(),
        say,
        onAnswer: async (key, value) => {
          if (key === "pbx") say(await pbxSaid(value));
        },
      }));
    if (file !== undefined) say(await pbxSaid(answers.get("pbx") ?? ""));
    const site: Site = {
      config: resolve(options.config),
      stateDir,
      namedStateDir: stateDir === usualState ? undefined : stateDir,
      answers,
      file,
      context,
      say,
    };
    return await carryOut(site, options.service ? "service" : "no-service", keyboard);
  } finally {
    keyboard?.close();
  }
}

async function carryOut(site: Site, wanted: "service" | "no-service", keyboard: Keyboard | undefined): Promise<number> {
  const { say, config } = site;
  let number = 0;
  const act = (what: string): void => say(`\n[${++number} of ${acts}] ${what}`);
  act("certificates");
  await makeCertificates(site);
  act("configuration");
  const replace = async (): Promise<boolean> =>
    (await keyboard?.line(`${config} was not written here, or was changed since. Replace it? (yes/no) > `)) === "yes";
  const changed = await writeConfiguration(site, replace);
  act("packet filter");
  const firewall = writeFirewall(site);
  if (!(await fetchCertificate(site, whereCertbotIs()))) return exitCodes.refused;
  act("service");
  const stop = await bringUp(site, { config: changed, firewall }, wanted);
  try {
    await sealAuthority(site);
    act("administrator");
    await firstAdmin(site, keyboard);
    act("alerts");
    await tryAlerts(site);
    act("test call");
    const works = await closingCall(site, keyboard);
    act("what is left for you");
    for (const line of left(site)) say(line);
    if (stop !== undefined) say(`Start it: ringfence start --config ${config}`);
    return works ? exitCodes.ok : exitCodes.differs;
  } finally {
    await stop?.();
  }
}

async function firstAdmin(
  { answers, config, context, file, say }: Site,
  keyboard: Keyboard | undefined,
): Promise<void> {
  if (!isGiven(answers, "admin")) return say("none for now. Later: ringfence admin enrol.");
  const user = answers.get("admin") ?? "";
  await enrolFirst({ user, config, keyboard, passwordFile: file?.adminPasswordFile, say }, context);
}

async function closingCall(site: Site, keyboard: Keyboard | undefined): Promise<boolean> {
  const { answers, file, say } = site;
  if (!isGiven(answers, "test_user")) {
    say("none. Later: ringfence test-call --user ACCOUNT --number NUMBER.");
    return true;
  }
  const path = file?.testPasswordFile;
  if (path !== undefined) return tryCall(site, readFileSync(path, "utf8").trim());
  const password = await keyboard?.secret(`The PBX's password of ${answers.get("test_user")} > `);
  if (password === undefined) throw interrupted();
  return tryCall(site, password);
}

function left({ answers, config }: Site): readonly string[] {
  const inside = answers.get("phones_from") ?? "";
  const open = checklist.filter(({ key }) => answers.get(`checklist.${key}`) === "no");
  const items = open.map(({ what }) => `  - ${what(answers, inside)}`);
  const rest = `How good it is: ringfence audit --host --config ${config}`;
  return [...(items.length === 0 ? ["Nothing of the checklist."] : items), rest];
}

async function pbxSaid(text: string): Promise<string> {
  const { host, port } = splitPlace(text);
  try {
    return `The PBX: ${await tryPbx(await addressOf(host), port ?? 5_060)}`;
  } catch (error) {
    if (error instanceof RingfenceError) return `The PBX: ${error.message}.`;
    throw error;
  }
}

function fileOf(name: string): AnswersFile {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch {
    throw new RingfenceError("bad-answers", `${name} cannot be read`, "Check the path after --answers.");
  }
  return readAnswers(name, text, thisMachine());
}

function personsKeyboard(): Keyboard {
  if (hasKeyboard()) return openKeyboard();
  throw new RingfenceError("no-terminal", "nobody is here to answer", "Name a file of answers: --answers FILE.");
}
