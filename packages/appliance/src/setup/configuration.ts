/** From answers to the text of the configuration file. The same answers give the same octets. */
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { stringify } from "yaml";
import { type Answers, isGiven, splitPlace } from "./question.ts";

type Tree = { [key: string]: unknown };

export interface Places {
  /** Undefined: the usual one. */
  readonly stateDir: string | undefined;
  readonly also: Readonly<Record<string, unknown>>;
}

const heading = `# Written by ringfence setup. Every key: docs/configuration.md. After a change: ringfence reload.
# Changed by hand it is no longer replaced by ringfence setup without a question.
`;
/** Beside the configuration. */
export const webhookSecret = "secrets/alerts";
const mark = "# setup: ";

export function configurationOf(answers: Answers, { stateDir, also }: Places): string {
  const { host, port } = splitPlace(answers.get("pbx") ?? "");
  const seen = isGiven(answers, "public_address") ? { public_address: answers.get("public_address") } : {};
  const tree: Tree = {
    pbx: { address: `${host.includes(":") ? `[${host}]` : host}:${port}` },
    phones: { domains: (answers.get("domains") ?? "").split(", "), ...seen, listen: listeners(answers) },
    core: core(answers),
    ...(isGiven(answers, "public_address") && { media: seen }),
    ...certificates(answers),
    policy: policy(answers),
    admin: {},
    ...logs(answers, stateDir),
    ...(isGiven(answers, "alerts_to") && { alerts: { ops: receiver(answers) } }),
    ...(isGiven(answers, "backup_key") && {
      backup: { to: "/var/backups/ringfence", encrypt_to: [answers.get("backup_key")] },
    }),
    ...(stateDir !== undefined && { state: { dir: stateDir } }),
  };
  return marked(heading + stringify(merged(tree, also), { lineWidth: 120 }));
}

/** Whether every octet is as the setup wrote it. */
export function isOurs(text: string): boolean {
  const end = text.indexOf("\n");
  return text.slice(0, end + 1) === `${mark}${hashOf(text.slice(end + 1))}\n`;
}

export function isWebhook(answers: Answers): boolean {
  return (answers.get("alerts_to") ?? "").includes("://");
}

/** Names that the certificate has to stand for. */
export function certificateNames(answers: Answers, own: string): readonly string[] {
  const seen = isGiven(answers, "public_address") ? [answers.get("public_address") ?? ""] : [];
  return [...new Set([...(answers.get("domains") ?? "").split(", "), ...seen, own])];
}

function listeners(answers: Answers): readonly Tree[] {
  const certificate = answers.get("certificate") === "trial" ? {} : { certificate: "edge" };
  const clear = answers.get("transports") === "all" ? ["udp", "tcp"] : [];
  return [
    ...clear.map((transport) => ({ transport, address: "0.0.0.0", port: 5_060 })),
    { transport: "tls", address: "0.0.0.0", port: 5_061, ...certificate },
  ];
}

function core(answers: Answers): Tree {
  const from = (key: string, port: number): Tree => {
    const address = answers.get(key) ?? "";
    return { [key]: `${address.includes(":") ? `[${address}]` : address}:${port}` };
  };
  return { ...from("phones_from", 5_070), ...(isGiven(answers, "trunks_from") && from("trunks_from", 5_080)) };
}

function certificates(answers: Answers): Tree {
  switch (answers.get("certificate")) {
    case "own":
      return {
        certificates: {
          edge: { cert: answers.get("certificate_file"), key: { file: answers.get("certificate_key") } },
        },
      };
    case "internal":
      return { certificates: { edge: { cert: "certificates/edge.pem", key: { file: "certificates/edge.key" } } } };
    case "acme": {
      // A public authority signs no address of a house.
      const domains = (answers.get("domains") ?? "").split(", ").filter((name) => isIP(name) === 0);
      return { certificates: { edge: { acme: { domains, email: answers.get("acme_email") } } } };
    }
    default:
      return {};
  }
}

/** What a stolen account may cost is bounded from the first day. */
function policy(answers: Answers): Tree {
  const everybody = { calls: 2, calls_per_hour: 60, minutes_per_day: 600 };
  // Calls that are unlike an account's own are told; that costs nobody a call.
  const anomaly = {};
  if (!isGiven(answers, "country")) return { accounts: { default: everybody }, anomaly };
  return {
    country: answers.get("country"),
    accounts: { default: { ...everybody, international: false } },
    anomaly,
    on_fraud: { action: "suspend" },
  };
}

/** Files where the package has made their folder; elsewhere the log goes where it is started. */
function logs(answers: Answers, stateDir: string | undefined): Tree {
  const files = stateDir === undefined ? { files: { path: "/var/log/ringfence" } } : {};
  const syslog = isGiven(answers, "collector") ? { syslog: { url: answers.get("collector") } } : {};
  const all = { ...files, ...syslog };
  return Object.keys(all).length === 0 ? {} : { logs: all };
}

/** A webhook is signed: its secret is made by the setup, and shown to nobody. */
function receiver(answers: Answers): Tree {
  const to = answers.get("alerts_to") ?? "";
  if (isWebhook(answers)) return { webhook: { url: to, secret: { file: webhookSecret } } };
  return { email: { smtp: answers.get("alerts_smtp"), from: to, to: [to] } };
}

/** Objects together, anything else in place of what was there. */
function merged(tree: Tree, more: Readonly<Record<string, unknown>>): Tree {
  const out: Tree = { ...tree };
  for (const [key, value] of Object.entries(more)) {
    const before = out[key];
    out[key] = isTree(before) && isTree(value) ? merged(before, value) : value;
  }
  return out;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function marked(text: string): string {
  return `${mark}${hashOf(text)}\n${text}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
