import { z } from "zod";
import { adminSection } from "./admin.ts";
import { alertsSection } from "./alerts.ts";
import { metricsSection, secretsSection, stateSection } from "./appliance-sections.ts";
import { backupSection } from "./backup.ts";
import { captureSection } from "./capture.ts";
import { cdrSection } from "./cdr.ts";
import { certificatesSection } from "./certificates.ts";
import type { Config } from "./config.ts";
import { coreSection } from "./core.ts";
import { defenceSection } from "./defence.ts";
import { logsSection } from "./logs.ts";
import { mediaSection } from "./media.ts";
import { pbxSection } from "./pbx.ts";
import { phonesSection } from "./phones.ts";
import { policySection } from "./policy-limits.ts";
import { stirSection } from "./stir.ts";
import { trunksSection } from "./trunks.ts";

/** In the order of the file and of docs/configuration.md. */
const sections = {
  pbx: pbxSection,
  phones: phonesSection,
  trunks: trunksSection,
  core: coreSection,
  media: mediaSection,
  certificates: certificatesSection,
  stir: stirSection,
  policy: policySection,
  defence: defenceSection,
  logs: logsSection,
  capture: captureSection,
  metrics: metricsSection,
  cdr: cdrSection,
  alerts: alertsSection,
  admin: adminSection,
  state: stateSection,
  secrets: secretsSection,
  backup: backupSection,
} as const;

/** The authority on the configuration file. */
export const fileSchema = z.strictObject(sections);

/** Read one section at a time, for the checks between those that are right in themselves. */
export function readSections(file: Readonly<Record<string, unknown>>): Partial<Config> {
  const right: [string, unknown][] = [];
  for (const [name, schema] of Object.entries(sections)) {
    const result = schema.safeParse(file[name]);
    if (result.success) right.push([name, result.data]);
  }
  return Object.fromEntries(right) as Partial<Config>;
}

/** JSON Schema 2020-12 of the file as it is written, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(fileSchema, { io: "input" }), title: "Ringfence configuration" };
}
