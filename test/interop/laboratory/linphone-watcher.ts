/** linphone-watcher.c in a party's namespace: liblinphone subscribes to what linphonec has no command for. */
import { spawnSync } from "node:child_process";
import type { Program } from "../../support/program.ts";
import { type Laboratory, repository } from "./laboratory.ts";
import { type LinphoneSettings, linphoneHome } from "./linphone.ts";
import { domain } from "./sipp-phone.ts";

const event = { name: "message-summary", type: "application/simple-message-summary" } as const;

/** It watches its own mailbox until its standard input ends. @throws Error with the compiler's words */
export function watchMailbox(laboratory: Laboratory, settings: LinphoneSettings): Program {
  const name = `${settings.user}-watcher`;
  const home = linphoneHome(laboratory, name, settings);
  const command = laboratory.path("linphone-watcher");
  const flags = ["-std=c11", "-D_DEFAULT_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror"];
  const source = `${repository}/test/interop/linphone-watcher.c`;
  const built = spawnSync("gcc", [...flags, source, "-llinphone", "-o", command], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(built.stderr);
  return laboratory.run(settings.party, name, {
    command,
    args: [home.configuration, `sip:${settings.user}@${settings.domain ?? domain}`, event.name, event.type],
    cwd: home.folder,
    environment: { HOME: home.folder },
  });
}
