/** The hardening checklist, in the order of docs/hardening.md. */
import type { Point } from "../check.ts";
import { adminReach } from "./admin-reach.ts";
import { backups } from "./backups.ts";
import { encryption } from "./encryption.ts";
import type { AuditFacts } from "./facts.ts";
import { firewall } from "./firewall.ts";
import { leastPrivilege } from "./least-privilege.ts";
import { limits } from "./limits.ts";
import { logging } from "./logging.ts";
import { monitoring } from "./monitoring.ts";
import { overload } from "./overload.ts";
import { patches } from "./patches.ts";
import { signIn } from "./sign-in.ts";

export const auditPoints: readonly Point<AuditFacts>[] = [
  firewall,
  encryption,
  signIn,
  limits,
  adminReach,
  logging,
  backups,
  patches,
  overload,
  monitoring,
  leastPrivilege,
];
