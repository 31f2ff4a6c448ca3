/** Kamailio as the PBX, in the PBX's place. */
import { copyFileSync, mkdirSync } from "node:fs";
import type { Program } from "../../support/program.ts";
import { addresses, type Laboratory, repository } from "./laboratory.ts";
import { linePasswords, passwords } from "./pbx.ts";

/** Empty tables that its Debian package brings; the presence modules want them although they keep everything in memory. */
const tableFolder = "/usr/share/kamailio/dbtext/kamailio";
const tables = ["version", "presentity", "active_watchers", "watchers", "xcap", "pua"];

export async function startKamailio(laboratory: Laboratory): Promise<Program> {
  const folder = laboratory.path("kamailio");
  mkdirSync(folder);
  for (const table of tables) copyFileSync(`${tableFolder}/${table}`, `${folder}/${table}`);
  const program = laboratory.run("pbx", "kamailio", {
    command: "kamailio",
    args: [
      ...["-f", `${repository}/test/interop/kamailio/kamailio.cfg`],
      ...["-l", `udp:${addresses.pbx}:5060`],
      ...Object.entries(passwords).flatMap(([user, password]) => define(`PASSWORD_${user}`, password)),
      ...define("PASSWORD_OF_LINES", linePasswords),
      ...define("TABLES", `text://${folder}`),
      ...define("OURSELVES", `sip:${addresses.pbx}:5060`),
      ...define("TRUNK", `sip:${addresses.ringfenceForTrunks}:5080`),
      ...define("TRUNK_ADDRESS", addresses.ringfenceForTrunks),
      // Not a daemon, log to standard error, little memory, files in our own folder.
      ...["-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-w", folder, "-P", `${folder}/pid`],
    ],
  });
  // The first line after its socket is bound; what comes before its children read it waits in the socket.
  await program.says("SO_RCVBUF is initially");
  return program;
}

/** A text that the configuration knows by this name. */
const define = (name: string, text: string): readonly string[] => ["-A", `${name}="${text}"`];
