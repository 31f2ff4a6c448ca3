/** Kamailio as the PBX, in the PBX's place. */
import { mkdirSync } from "node:fs";
import type { Program } from "../../support/program.ts";
import { addresses, type Laboratory, repository } from "./laboratory.ts";
import { linePassword, passwords } from "./pbx.ts";

export async function startKamailio(laboratory: Laboratory): Promise<Program> {
  const folder = laboratory.path("kamailio");
  mkdirSync(folder);
  const program = laboratory.run("pbx", "kamailio", {
    command: "kamailio",
    args: [
      ...["-f", `${repository}/test/interop/kamailio/kamailio.cfg`],
      ...["-l", `udp:${addresses.pbx}:5060`],
      ...Object.entries(passwords).flatMap(([user, password]) => ["-A", `PASSWORD_${user}="${password}"`]),
      ...["-A", `PASSWORD_OF_LINES="${linePassword("")}"`],
      // Not a daemon, log to standard error, little memory, files in our own folder.
      ...["-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-w", folder, "-P", `${folder}/pid`],
    ],
  });
  // The first line after its socket is bound; what comes before its children read it waits in the socket.
  await program.says("SO_RCVBUF is initially");
  return program;
}
