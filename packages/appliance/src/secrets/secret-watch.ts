/** Secrets of the configuration in force and how old they are: for status, metrics and the log. */
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import type { Sample } from "../metrics/registry.ts";
import { type AgeKeeper, type SecretAge, SecretAges, type SeenSecret } from "./secret-ages.ts";

const DAY = 86_400_000;
/** A line names so many accounts at most. */
const mostNamed = 5;
const accountKey = "phones.accounts.";

export class SecretWatch implements Attendant {
  readonly #ages: SecretAges;
  readonly #log: Log;
  readonly #now: () => number;
  #maxAgeMs: number | undefined;

  constructor(keeper: AgeKeeper, log: Log, now: () => number) {
    [this.#ages, this.#log, this.#now] = [new SecretAges(keeper), log, now];
  }

  /** From now on this configuration is in force. */
  apply(loaded: Loaded): void {
    this.#ages.note(secretsOf(loaded), this.#now());
    this.#maxAgeMs = loaded.file.config.secrets.maxAgeMs;
    for (const detail of this.warnings()) this.#log.line("warn", { event: "secret", detail });
  }

  /** The oldest first. */
  get ages(): readonly SecretAge[] {
    return this.#ages.ages;
  }

  /** Those that are too old. */
  warnings(): readonly string[] {
    return oldOnes(this.#ages.ages, this.#maxAgeMs, this.#now());
  }

  samples(): readonly Sample[] {
    const seconds = (since: number): number => Math.max(0, Math.round((this.#now() - since) / 1_000));
    const { ages } = this.#ages;
    const others = ages.filter(({ name }) => !name.startsWith(accountKey));
    // A series for each phone would be a thousand of them: the oldest stands for all.
    const account = ages.find(({ name }) => name.startsWith(accountKey));
    const shown = account === undefined ? others : [...others, { name: "phones.accounts", since: account.since }];
    return shown.map(({ name, since }) => ({
      name: "secret_age_seconds",
      labels: { secret: name },
      value: seconds(since),
    }));
  }
}

/** By the times of their files alone: where nobody has seen them before. */
export function oldFiles(loaded: Loaded, now: number): readonly string[] {
  const known = secretsOf(loaded).flatMap(({ name, changedAt: since }) => (since === undefined ? [] : { name, since }));
  return oldOnes(known, loaded.file.config.secrets.maxAgeMs, now);
}

export function secretsOf(loaded: Loaded): readonly SeenSecret[] {
  const { certificates, accountSecrets, trunkPasswords, fraudSecret, captureKey, alertSecrets } = loaded;
  const keys = [trunkPasswords, fraudSecret, captureKey, alertSecrets].flatMap(({ seen }) => seen);
  return [...certificates.seen, ...keys, ...accountSecrets];
}

function oldOnes(ages: readonly SecretAge[], maxAgeMs: number | undefined, now: number): readonly string[] {
  if (maxAgeMs === undefined) return [];
  const old = ages.filter(({ since }) => now - since > maxAgeMs);
  const days = ({ since }: SecretAge): number => Math.floor((now - since) / DAY);
  const accounts = old.filter(({ name }) => name.startsWith(accountKey));
  const lines = old
    .filter(({ name }) => !name.startsWith(accountKey))
    .map((one) => `${one.name} is the same for ${days(one)} days (secrets.max_age). Change it`);
  const [oldest] = accounts;
  if (oldest === undefined) return lines;
  const names = accounts.slice(0, mostNamed).map(({ name }) => name.slice(accountKey.length));
  const more = accounts.length > mostNamed ? ` and ${accounts.length - mostNamed} more` : "";
  const line = `passwords of accounts are the same for up to ${days(oldest)} days (secrets.max_age): ${names.join(", ")}${more}`;
  return [...lines, line];
}
