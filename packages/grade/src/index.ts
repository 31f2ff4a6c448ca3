export type {
  AuditFacts,
  CertificateFacts,
  FileFacts,
  MachineFacts,
  OpenPort,
  PasswordFacts,
  PersonFacts,
  RunningFacts,
  SecretFacts,
} from "./audit/facts.ts";
export { auditPoints } from "./audit/points.ts";
export { type Severity, severities } from "./check.ts";
export { findingsOf, type Grade, grade } from "./grade.ts";
export { type GradeReport, reportOf, reportText, type Style } from "./report.ts";
