export type {
  AuditFacts,
  BackupFacts,
  CertificateFacts,
  DeliveryFacts,
  FileFacts,
  FileKind,
  MachineFacts,
  OpenPort,
  PasswordFacts,
  PersonFacts,
  ProgramFacts,
  RunningFacts,
  SecretFacts,
  ShellFacts,
  UpdateFacts,
} from "./audit/facts.ts";
export { auditPoints } from "./audit/points.ts";
export { type Comparison, compareWith, readBaseline } from "./baseline.ts";
export { type Severity, severities } from "./check.ts";
export { findingsOf, type Grade, grade } from "./grade.ts";
export {
  type Answer,
  type CallOutcome,
  type CallSeen,
  type Door,
  type DoorKind,
  doorKinds,
  type Exchange,
  type GuestKind,
  type GuestSeen,
  guestKinds,
  type ProbeFacts,
  type TlsSeen,
} from "./probe/observed.ts";
export { probePoints } from "./probe/points.ts";
export { type Asker, type Question, questions } from "./probe/questions.ts";
export { type GradeReport, reportOf, reportText, type Style } from "./report.ts";
