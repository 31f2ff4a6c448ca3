import type { AlertKind, Severity } from "../alert-kinds.ts";
import type { SecretSource } from "./config.ts";

export interface WebhookConfig {
  /** https, or http on this machine. */
  readonly url: string;
  /** Signs each message. */
  readonly secret: SecretSource | undefined;
  /** Path of the authorities for its certificate; undefined: the system's. */
  readonly ca: string | undefined;
}

export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first octet. `starttls`: before anything else is said. `plain`: on this machine only. */
  readonly security: "tls" | "starttls" | "plain";
  readonly user: string | undefined;
  readonly password: SecretSource | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly ca: string | undefined;
}

/** Who is told of which alerts, and how. */
export interface AlertReceiver {
  readonly name: string;
  readonly webhook: WebhookConfig | undefined;
  readonly email: MailConfig | undefined;
  /** Undefined: all. */
  readonly for: { readonly kinds: readonly AlertKind[]; readonly severities: readonly Severity[] } | undefined;
  /** Undefined: an alert that stands is told once. */
  readonly repeatMs: number | undefined;
  /** As `parseOpeningHours` reads it: then only what is critical is told. */
  readonly quiet: string | undefined;
}
