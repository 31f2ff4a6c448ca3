/** The pages there are, in the order of the menu. */
import type { FunctionComponent } from "preact";
import type { Overview } from "../../../src/api/overview.ts";
import type { Role } from "../../../src/api/role.ts";
import { Alerts } from "../pages/alerts/alerts.tsx";
import { Calls } from "../pages/calls/calls.tsx";
import { ConfigPage } from "../pages/config/config-page.tsx";
import { Defence } from "../pages/defence/defence.tsx";
import { ExplainPage } from "../pages/explain/explain-page.tsx";
import { Fraud } from "../pages/fraud/fraud.tsx";
import { Hardening } from "../pages/hardening/hardening.tsx";
import { OverviewPage } from "../pages/overview/overview-page.tsx";
import { Registrations } from "../pages/peers/registrations.tsx";
import { Trunks } from "../pages/peers/trunks.tsx";
import { AuditLog } from "../pages/people/audit-log.tsx";
import { Users } from "../pages/people/users.tsx";
import { Records } from "../pages/records/records.tsx";

export interface PageEntry {
  /** Of the address, behind `#/`. */
  readonly name: string;
  readonly words: string;
  /** Who finds something on it. */
  readonly role: Role;
  readonly page: FunctionComponent;
  /** Beside the words. */
  readonly count?: (overview: Overview) => number;
}

export const groups: readonly { readonly words: string; readonly pages: readonly PageEntry[] }[] = [
  {
    words: "Now",
    pages: [
      { name: "", words: "Overview", role: "viewer", page: OverviewPage },
      { name: "calls", words: "Calls", role: "viewer", page: Calls, count: ({ calls }) => calls },
      {
        name: "registrations",
        words: "Registrations",
        role: "viewer",
        page: Registrations,
        count: ({ registrations }) => registrations,
      },
      { name: "trunks", words: "Trunks", role: "viewer", page: Trunks, count: ({ trunks }) => trunks.length },
    ],
  },
  {
    words: "Protection",
    pages: [
      {
        name: "defence",
        words: "Defence",
        role: "viewer",
        page: Defence,
        count: ({ bans }) => bans.source + bans.suspect + bans.account,
      },
      { name: "fraud", words: "Fraud", role: "viewer", page: Fraud, count: ({ suspended }) => suspended },
      { name: "alerts", words: "Alerts", role: "viewer", page: Alerts, count: ({ openAlerts }) => openAlerts },
    ],
  },
  {
    words: "What happened",
    pages: [
      { name: "explain", words: "Explain", role: "viewer", page: ExplainPage },
      { name: "records", words: "Records", role: "operator", page: Records },
      { name: "audit", words: "Audit log", role: "admin", page: AuditLog },
    ],
  },
  {
    words: "Set up",
    pages: [
      { name: "hardening", words: "Hardening", role: "operator", page: Hardening },
      { name: "config", words: "Configuration", role: "operator", page: ConfigPage },
      { name: "users", words: "Users and keys", role: "admin", page: Users },
    ],
  },
];
