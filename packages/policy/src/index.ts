export { canonicalIp, isLoopback, isWildcard, parseIp } from "./address.ts";
export { type AlertKind, alertKindNames, alertKinds, type Severity, severities } from "./alert-kinds.ts";
export { readHistoryRecord } from "./anomaly/history-record.ts";
export { type AnomalyKind, type AnomalyRules, anomalyKinds } from "./anomaly/kinds.ts";
export {
  readSuspension,
  type Suspension,
  type SuspensionReason,
  Suspensions,
  suspensionReasons,
} from "./anomaly/suspensions.ts";
export { AnomalyWatch, type NewCall } from "./anomaly/watch.ts";
export { type Cidr, networkOf, parseCidr } from "./cidr.ts";
export { type CompileFacts, compile } from "./compile.ts";
export {
  type AccountAlgorithm,
  type AccountConfig,
  type Accounts,
  type LoadedAccounts,
  loadAccounts,
} from "./config/accounts.ts";
export type { AdminConfig } from "./config/admin.ts";
export { isAgeRecipient } from "./config/age-recipient.ts";
export type { AlertReceiver, MailConfig, WebhookConfig } from "./config/alerts-config.ts";
export type { BackupConfig } from "./config/backup.ts";
export type { CdrConfig } from "./config/cdr.ts";
export type { AcmeConfig, CertificateConfig } from "./config/certificates.ts";
export type {
  Config,
  CoreConfig,
  Endpoint,
  ListenConfig,
  ListenTransport,
  LocalEndpoint,
  PbxConfig,
  PeerTlsConfig,
  PhonesConfig,
  PreviousSecret,
  SecretSource,
  SessionTimerConfig,
  SignallingTransport,
  TrunkConfig,
  TrunkCredentials,
  TrunkHost,
  TrunkNumbers,
} from "./config/config.ts";
export type { DefenceConfig } from "./config/defence-config.ts";
export { formatDuration, parseDuration } from "./config/duration.ts";
export type { AnomalyConfig, FraudAction, FraudServiceConfig } from "./config/fraud-config.ts";
export { keyLines } from "./config/key-lines.ts";
export { usesTls } from "./config/listen.ts";
export { type LoadedConfig, loadConfig } from "./config/load.ts";
export {
  type LogArea,
  type LogFilesConfig,
  type LogLevelName,
  type LogLevelSetting,
  type LogsConfig,
  logAreas,
  logLevels,
  type SyslogConfig,
  syslogFacilities,
} from "./config/logs-config.ts";
export {
  type KeyExchange,
  type MediaConfig,
  type SideMediaConfig,
  type SrtpMode,
  type Suite,
  srtpSuites,
} from "./config/media-config.ts";
export { mapNamed, type NamedKeys } from "./config/named-files.ts";
export { configurationPage } from "./config/page.ts";
export { passwordWeakness } from "./config/password.ts";
export type { PolicyConfig } from "./config/policy-config.ts";
export { configJsonSchema } from "./config/schema.ts";
export type { Attestation, CredentialHost, StirConfig, StirSigning, TrunkIdentity } from "./config/stir-config.ts";
export type { Interfaces } from "./config/trunk-interface.ts";
export { destinationReasons } from "./destination-reasons.ts";
export { diffConfigs } from "./diff.ts";
export { type Answered, type Explanation, explainAnswer, explainVerdict } from "./explain/explanation.ts";
export type { RuleFile } from "./explain/place.ts";
export { type ConfigIssue, type ConfigIssueCode, configIssueCodes } from "./issue.ts";
export { isAbroad } from "./number/abroad.ts";
export type { DialledNumber, WorldNumber } from "./number/dialled.ts";
export { isRisky } from "./number/high-risk.ts";
export { numberMatcher, plainNumber } from "./number/plain.ts";
export type { Origin, Policy, TargetUri } from "./policy.ts";
export { PrefixSet } from "./prefix-map.ts";
export { type RejectReason, rejectReasons } from "./reasons.ts";
export { RingfenceError } from "./ringfence-error.ts";
export { keysInShadow, type Shadowing, shadowingOf } from "./shadow.ts";
export type { IdentitySubject, Load, MediaSubject, Side, SignalSubject, Transport } from "./subject.ts";
export { isWithinHours, useRefusal } from "./use/judge-use.ts";
export {
  accountPayer,
  type Cut,
  type CutReason,
  Ledger,
  type Payer,
  trunkPayer,
  type UseFigures,
} from "./use/ledger.ts";
export { formatMoney } from "./use/money.ts";
export { isOpen, parseHolidays, parseOpeningHours } from "./use/opening-hours.ts";
export { type LoadedRates, loadRates, type Rates } from "./use/rates.ts";
export { accountRules } from "./use/use-book.ts";
export { readUseRecord, type UseRecord } from "./use/use-record.ts";
export {
  type Allowed,
  type Dropped,
  type Rejected,
  type RuleId,
  type RuleOutcome,
  type RuleTrace,
  ruleIds,
  type Verdict,
} from "./verdict.ts";
