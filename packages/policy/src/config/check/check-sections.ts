import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";
import { checkAccounts } from "./accounts.ts";
import { checkAdmin } from "./admin.ts";
import { checkAlerts } from "./alerts.ts";
import { checkCdr } from "./cdr.ts";
import { checkCore, checkPbx } from "./core.ts";
import { checkDestinations } from "./destinations.ts";
import { checkEmergency, checkEmergencyPaths } from "./emergency.ts";
import { checkListeners, checkMetrics, checkPorts } from "./listeners.ts";
import { checkLogs } from "./logs.ts";
import { checkDoubles, checkKeysProtected, checkPin, checkPortRange } from "./media.ts";
import { checkPeerTls } from "./peer-tls.ts";
import { checkRtpengine } from "./rtpengine.ts";
import { checkStir } from "./stir.ts";
import { checkDenied, checkTrunkNames, checkTrunkSources } from "./trunks.ts";
import { checkUse } from "./use.ts";
import { checkWebSockets } from "./websocket.ts";

/** What no section can know alone. Each takes the sections that are right in themselves and says nothing about the others. */
const checks: readonly ((config: Partial<Config>) => readonly Finding[])[] = [
  checkPbx,
  checkListeners,
  checkPorts,
  checkWebSockets,
  checkKeysProtected,
  checkTrunkNames,
  checkTrunkSources,
  checkCore,
  checkPortRange,
  checkPin,
  checkRtpengine,
  checkEmergency,
  checkEmergencyPaths,
  checkDestinations,
  checkAccounts,
  checkDoubles,
  checkDenied,
  checkPeerTls,
  checkStir,
  checkUse,
  checkLogs,
  checkMetrics,
  checkAdmin,
  checkCdr,
  checkAlerts,
];

export function checkSections(config: Partial<Config>): readonly Finding[] {
  return checks.flatMap((check) => check(config));
}
