/** `test` for scenarios that need namespaces and programs that are not ours: see test/support/outside-program.ts. */
import { existsSync, globSync } from "node:fs";
import { mayMakeNamespaces } from "../../support/network-namespace.ts";
import { findProgram, type OutsideTest, outsideNeed, outsideProgram } from "../../support/outside-program.ts";

/** Program → Debian package. */
const packages = {
  baresip: "baresip-core",
  linphonec: "linphone-cli",
  sipp: "sip-tester",
  kamailio: "kamailio",
  rtpengine: "rtpengine-daemon",
  gcc: "gcc liblinphone-dev",
  "g++": "g++ libssl-dev",
  "chromium-headless-shell": "chromium-headless-shell",
  tcpdump: "tcpdump",
  ip: "iproute2",
  svmap: "sipvicious",
  setpriv: "util-linux",
  mmdebstrap: "mmdebstrap",
  nft: "nftables",
} as const;

type OutsideProgram = keyof typeof packages;

const always: readonly OutsideProgram[] = ["ip", "setpriv", "tcpdump"];

/** Each wait inside a scenario has a limit of its own, with a message that says what did not happen; this one is the last, unless it names its own. */
const patienceMs = 150_000;

export interface Scenario {
  (name: string, body: () => void | Promise<void>, patience?: number): void;
  readonly available: boolean;
}

/** The first thing that is missing decides what the reader is told. */
export function laboratoryTest(...programs: readonly OutsideProgram[]): Scenario {
  const outside = need([...programs, ...always]);
  const scenario = (...[name, body, patience = patienceMs]: Parameters<Scenario>): void =>
    outside(name, body, patience);
  return Object.assign(scenario, { available: outside.available });
}

function need(programs: readonly OutsideProgram[]): OutsideTest {
  const missing = programs.find((program) => findProgram(program) === undefined);
  if (missing !== undefined) return outsideProgram(missing, packages[missing]);
  if (programs.includes("kamailio") && globSync("/usr/lib/*/kamailio/modules/presence.so").length === 0) {
    return outsideProgram("Kamailio's presence server", "kamailio-presence-modules", () => false);
  }
  if (programs.includes("gcc") && !existsSync("/usr/include/linphone/core.h")) {
    return outsideProgram("liblinphone for developers", "liblinphone-dev", () => false);
  }
  return outsideNeed("no permission to make network namespaces (run as root)", mayMakeNamespaces);
}
