/**
 * What an alert can be about: the closed list. docs/runbook.md has a paragraph for each, deploy/prometheus/alerts.yaml a rule; a test
 * holds the three together.
 */
export const severities = ["critical", "warning"] as const;
export type Severity = (typeof severities)[number];

/** `lasting`: it ends when what it says is no longer so. `passing`: something happened; it ends when it has not happened again for a while. */
export interface AlertNature {
  readonly severity: Severity;
  readonly lasts: "lasting" | "passing";
  /** A whole sentence. */
  readonly title: string;
}

export const alertKinds = {
  "repeated-failures": {
    severity: "warning",
    lasts: "passing",
    title: "Somebody failed again and again, and was banned, held or locked.",
  },
  "call-spike": { severity: "warning", lasts: "lasting", title: "Far more calls are begun than in the hour before." },
  fraud: { severity: "critical", lasts: "passing", title: "The calls of an account look like fraud." },
  "fraud-service": { severity: "warning", lasts: "lasting", title: "The fraud service does not answer." },
  "trunk-down": { severity: "critical", lasts: "lasting", title: "A carrier cannot be reached." },
  "pbx-down": { severity: "critical", lasts: "lasting", title: "The PBX does not answer." },
  "pbx-banned-us": { severity: "critical", lasts: "lasting", title: "The PBX has probably banned this machine." },
  "poor-quality": { severity: "warning", lasts: "lasting", title: "Many calls sound bad." },
  "certificate-expiry": { severity: "warning", lasts: "lasting", title: "A certificate expires soon." },
  "secret-expiry": { severity: "warning", lasts: "lasting", title: "A password or key is older than it may be." },
  "disk-low": { severity: "warning", lasts: "lasting", title: "The disk is nearly full." },
  "backup-old": { severity: "warning", lasts: "lasting", title: "There is no recent backup." },
  crash: {
    severity: "critical",
    lasts: "passing",
    title: "Ringfence ended without being asked to, and started again.",
  },
  "ban-path-broken": { severity: "critical", lasts: "lasting", title: "Bans do not hold in the kernel." },
  "in-shadow": { severity: "warning", lasts: "lasting", title: "A rule is only looked at, and protects nobody." },
  "reload-refused": { severity: "warning", lasts: "lasting", title: "The last reload was refused." },
  "output-failing": { severity: "critical", lasts: "lasting", title: "Something that is to be kept is not written." },
  "media-engine": {
    severity: "warning",
    lasts: "lasting",
    title: "Media is relayed by less than the configuration asks for.",
  },
  overload: { severity: "warning", lasts: "lasting", title: "Callers are refused because there is too much to do." },
  bug: { severity: "warning", lasts: "passing", title: "A fault of Ringfence itself ended a message or a call." },
} as const satisfies Record<string, AlertNature>;

export type AlertKind = keyof typeof alertKinds;
export const alertKindNames = Object.keys(alertKinds) as readonly AlertKind[];
