import { z } from "zod";
import { type AlertKind, alertKindNames, type Severity, severities } from "../alert-kinds.ts";
import { parseOpeningHours } from "../use/opening-hours.ts";
import type { AlertReceiver, MailConfig } from "./alerts-config.ts";
import { durationOrOff } from "./duration.ts";
import { choice, isOneOf, type LeafReading, quoted, written } from "./leaf.ts";
import { secret } from "./secret.ts";
import { isHere, secureUrl } from "./secure-url.ts";
import { label, mailAddress, path } from "./text.ts";

type MailServer = Pick<MailConfig, "host" | "port" | "security">;

/** `smtp://host:587` is STARTTLS before anything else, `smtps://host:465` TLS from the first octet; plain on this machine only. */
function mailServer() {
  const kind = { kind: "smtp or smtps URL", examples: ["smtp://mail.example.com:587"] };
  return written(kind, (text): LeafReading<MailServer> => {
    const url = text.length <= 512 && URL.canParse(text) ? new URL(text) : undefined;
    const bare = url !== undefined && url.username === "" && url.hostname !== "" && isOneOf(`${url.pathname}/`, "/");
    if (!bare || url.search !== "" || url.hash !== "" || (url.protocol !== "smtp:" && url.protocol !== "smtps:")) {
      return {
        problem: `is ${quoted(text)}, which is no mail server`,
        remedy: "write smtp://mail.example.com:587 or smtps://mail.example.com:465; the user goes into `user`",
      };
    }
    const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
    if (url.protocol === "smtps:") return { value: { host, port: Number(url.port || 465), security: "tls" } };
    const security = isHere(url.hostname) ? "plain" : "starttls";
    return { value: { host, port: Number(url.port || (security === "plain" ? 25 : 587)), security } };
  });
}

function quietHours() {
  return written({ kind: "hours" }, (text): LeafReading<string> => {
    if (text.length <= 512 && parseOpeningHours(text) !== undefined) return { value: text };
    const remedy = 'write "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00 Europe/Berlin"';
    return { problem: `is ${quoted(text)}, which are no hours`, remedy };
  });
}

const authorities = path().optional().meta({
  description: "PEM file of the authorities that may sign its certificate. Without it: the system's.",
});

const webhookWay = z
  .strictObject({
    url: secureUrl("https://alerts.example.com/ringfence").meta({
      description: "Gets each message by POST. Redirects are not followed.",
    }),
    secret: secret()
      .optional()
      .meta({ description: "Signs each message (HMAC-SHA256), so that who gets it knows us." }),
    ca: authorities,
  })
  .transform(({ url, ca, ...rest }) => ({ url, ca, secret: rest.secret }))
  .optional();

const mailWay = z
  .strictObject({
    smtp: mailServer().meta({
      description: "`smtp://`: STARTTLS, which is demanded (on this machine: plain). `smtps://`: TLS from the start.",
    }),
    user: written({ kind: "text" }, (text): LeafReading<string> => {
      if (text.length > 0 && text.length <= 256) return { value: text };
      return { problem: "is no user", remedy: "write the name that the mail server knows" };
    })
      .optional()
      .meta({ description: "Signs in at the mail server; needs `password`." }),
    password: secret().optional().meta({ description: "Of that user." }),
    from: mailAddress()
      .optional()
      .meta({ description: "Sender. Without it: `ringfence` at the domain of the first of `to`." }),
    to: z.array(mailAddress()).min(1).max(20).meta({ description: "Who gets the mails." }),
    ca: authorities,
  })
  .transform(({ smtp, user, from, to, ca, ...rest }, context): MailConfig => {
    if ((user === undefined) !== (rest.password === undefined)) {
      const params = { code: "missing-key", remedy: "write both, or neither" };
      context.addIssue({ code: "custom", message: "has a user without password, or the other way round", params });
    }
    const sender = from ?? `ringfence@${(to[0] ?? "").split("@")[1] ?? ""}`;
    return { ...smtp, user, password: rest.password, from: sender, to, ca };
  })
  .optional();

const receiver = z
  .strictObject({
    webhook: webhookWay,
    email: mailWay,
    for: z
      .array(choice([...severities, ...alertKindNames]))
      .min(1)
      .max(severities.length + alertKindNames.length)
      .optional()
      .meta({ description: "Severities or kinds of alerts ([runbook.md](runbook.md)). Without it: all." }),
    repeat: durationOrOff("5m", "30d").prefault("4h").meta({
      description: "An alert that stands, and that nobody acknowledged, is told again after this.",
    }),
    quiet: quietHours().optional().meta({
      description: "Hours in which only critical alerts are told. The others are told after them, if they still stand.",
    }),
  })
  .transform(({ webhook, email, for: wanted, repeat, quiet }, context): Omit<AlertReceiver, "name"> => {
    if (webhook === undefined && email === undefined) {
      const params = { code: "missing-key", remedy: "write `webhook` or `email`, or both" };
      context.addIssue({ code: "custom", message: "has no way to be told", params });
    }
    const sortedFor = wanted === undefined ? undefined : sorted(wanted);
    return { webhook, email, for: sortedFor, repeatMs: repeat, quiet };
  });

function sorted(words: readonly (Severity | AlertKind)[]): AlertReceiver["for"] {
  const isSeverity = (word: string): word is Severity => severities.some((one) => one === word);
  return {
    severities: words.filter(isSeverity),
    kinds: words.filter((word): word is AlertKind => !isSeverity(word)),
  };
}

export const alertsSection = z
  .record(label(), receiver)
  .prefault({})
  .transform((value): readonly AlertReceiver[] => Object.entries(value).map(([name, rest]) => ({ name, ...rest })))
  .meta({ description: "Who is told when something is wrong: [alerts.md](alerts.md)." });
