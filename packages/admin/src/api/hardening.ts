/** The hardening checklist: what was found when it was last asked, and asking it again. */
import { z } from "zod";
import { moment, type Route } from "./route.ts";

const finding = z.object({
  /** Of docs/hardening.md; it stays. */
  id: z.string(),
  severity: z.enum(["critical", "high", "medium", "low"]),
  /** What should hold. */
  title: z.string(),
  /** What was seen, a line each. */
  evidence: z.array(z.string()),
  fix: z.string(),
  /** Key of the configuration, or command. */
  where: z.string(),
  /** Only the site can mend it. */
  site: z.boolean(),
});
export type HardeningFinding = z.output<typeof finding>;

const point = z.object({
  number: z.int(),
  name: z.string(),
  /** 0 to 100; null: nothing of it could be looked at. */
  score: z.int().nullable(),
  findings: z.array(finding),
  passed: z.array(z.string()),
  /** Ids of what nobody could look at. */
  unseen: z.array(z.string()),
});
export type HardeningPoint = z.output<typeof point>;

export const hardeningReport = z.object({
  at: moment,
  /** Who asked. */
  by: z.string(),
  /** 0 to 100. */
  score: z.int(),
  points: z.array(point),
});
export type HardeningReport = z.output<typeof hardeningReport>;

export const hardeningRoutes = {
  hardening: {
    method: "GET",
    path: "/hardening",
    role: "operator",
    act: "hardening-read",
    summary: "Show what the hardening checklist found when it was last asked",
    answer: z.object({ report: hardeningReport.nullable() }),
  },
  hardeningRun: {
    method: "POST",
    path: "/hardening",
    role: "operator",
    act: "hardening-run",
    summary: "Ask the hardening checklist of this machine and its configuration; takes some seconds",
    answer: z.object({ report: hardeningReport }),
  },
} as const satisfies Record<string, Route>;
