/** Everything the setup asks, in its order. */
import { checklist } from "./checklist.ts";
import {
  type Answers,
  address,
  isGiven,
  names,
  none,
  oneOf,
  orNone,
  place,
  type Question,
  word,
  yesOrNo,
} from "./question.ts";

const always = (): boolean => true;
const noUsual = (): undefined => undefined;
const certificateIs = (kind: string) => (answers: Answers) => answers.get("certificate") === kind;
const isPath = (text: string): boolean => text.startsWith("/");
const isUser = (text: string): boolean => text.length > 0 && text.length <= 32 && text === text.toLowerCase();
const isNumber = (text: string): boolean => text.length > 0 && text.length <= 64 && !text.includes(" ");
const isCountry = (text: string): boolean => text.length === 2 && text === text.toUpperCase();
const isMail = (text: string): boolean => text.includes("@") && !text.includes(" ") && !text.includes("/");
/** Without TLS on this machine only: the configuration says so. */
const isWeb = (text: string): boolean => text.startsWith("https://") || text.startsWith("http://");
const isMailServer = (text: string): boolean => text.startsWith("smtp://") || text.startsWith("smtps://");
const isCollector = (text: string): boolean => text.startsWith("tls://") || text.startsWith("tcp://");

const asked: readonly Question[] = [
  {
    key: "pbx",
    ask: () => "Where is the PBX? Its address, with a port if it is not 5060.",
    usual: noUsual,
    applies: always,
    read: place,
  },
  {
    key: "domains",
    ask: () => "In which domains do phones register? As they are set up today; an address is a domain too.",
    usual: noUsual,
    applies: always,
    read: names,
  },
  {
    key: "phones_from",
    ask: () => "From which address of this machine does the PBX hear the phones? Its inside address.",
    usual: (_answers, { address: own }) => own,
    applies: always,
    read: address,
  },
  {
    key: "trunks_from",
    ask: () => "And the carriers? A second inside address: the PBX trusts a trunk by its address. none: no carriers.",
    usual: () => none,
    applies: always,
    read: orNone(address),
  },
  {
    key: "public_address",
    ask: (_answers, { address: own, isPrivate }) =>
      isPrivate
        ? `This machine has the private address ${own}: phones outside see another one (1:1 NAT). Which? none: no phone is outside.`
        : "Which address do phones see, if it is not one of this machine? none: they see this machine's own.",
    usual: (_answers, { isPrivate }) => (isPrivate ? undefined : none),
    applies: always,
    read: orNone(address),
  },
  {
    key: "transports",
    ask: () => "How may phones come? tls: encrypted only. all: UDP and TCP in clear text too.",
    usual: () => "tls",
    applies: always,
    read: oneOf(["tls", "all"]),
  },
  {
    key: "country",
    ask: () =>
      "In which country are the phones (DE, US, ...)? Then stolen accounts call nowhere else. none: no such rule.",
    usual: () => none,
    applies: always,
    read: orNone(word("country of two letters", isCountry)),
  },
  {
    key: "certificate",
    ask: () =>
      "The certificate for TLS: own (files), internal (a small authority made here), acme (certbot), trial (self-signed: phones will warn).",
    usual: () => "internal",
    applies: always,
    read: oneOf(["own", "internal", "acme", "trial"]),
  },
  {
    key: "certificate_file",
    ask: () => "The PEM file with the certificate and its chain.",
    usual: () => "/etc/ringfence/certificates/edge.pem",
    applies: certificateIs("own"),
    read: word("whole path", isPath),
  },
  {
    key: "certificate_key",
    ask: () => "The PEM file with its private key.",
    usual: () => "/etc/ringfence/certificates/edge.key",
    applies: certificateIs("own"),
    read: word("whole path", isPath),
  },
  {
    key: "acme_email",
    ask: () => "Whom does the certificate authority write to when something is wrong?",
    usual: noUsual,
    applies: certificateIs("acme"),
    read: word("mail address", isMail),
  },
  {
    key: "acme_run",
    ask: () =>
      "May certbot fetch it during this setup, where certbot is installed? The domain must lead to this machine, and port 80/tcp.",
    usual: () => "yes",
    applies: certificateIs("acme"),
    read: yesOrNo,
  },
  {
    key: "backup_key",
    ask: () =>
      "The age key that backups are encrypted to (age1...; `ringfence backup --new-key FILE` makes one). none: no backups.",
    usual: () => none,
    applies: always,
    read: orNone(word("age key", (text) => text.startsWith("age1"))),
  },
  {
    key: "alerts_to",
    ask: () =>
      "Who is told when something is wrong? A mail address, or the https address of a webhook. none: it is only in the log.",
    usual: () => none,
    applies: always,
    read: orNone(word("mail address, and begins not with https://", (text) => isWeb(text) || isMail(text))),
  },
  {
    key: "alerts_smtp",
    ask: () => "Through which mail server? smtp://HOST:587 speaks STARTTLS, smtps://HOST:465 TLS from the start.",
    usual: noUsual,
    applies: (answers) => isMail(answers.get("alerts_to") ?? ""),
    read: word("mail server (smtp://mail.example.com:587)", isMailServer),
  },
  {
    key: "collector",
    ask: () =>
      "Where do the lines of the log go besides files? tls://HOST:6514 of a collector (syslog). none: files only.",
    usual: () => none,
    applies: always,
    read: orNone(word("collector (tls://siem.example.com:6514)", isCollector)),
  },
  {
    key: "admin",
    ask: () => "The first administrator of the console: a name in small letters. none: later.",
    usual: () => "admin",
    applies: always,
    read: orNone(word("name of at most 32 small letters", isUser)),
  },
  {
    key: "firewall",
    ask: () => "Write the rules of the packet filter (ringfence.nft), for the firewall service to load?",
    usual: () => "yes",
    applies: always,
    read: yesOrNo,
  },
  {
    key: "test_user",
    ask: () => "For a test call at the end: an account of the PBX. none: no test call.",
    usual: () => none,
    applies: always,
    read: orNone(word("account", isNumber)),
  },
  {
    key: "test_number",
    ask: () => "And a number that answers by itself and echoes.",
    usual: noUsual,
    applies: (answers) => isGiven(answers, "test_user"),
    read: word("number", isNumber),
  },
];

const ticks: readonly Question[] = checklist.map(({ key, what, applies }) => ({
  key: `checklist.${key}`,
  ask: (answers, { address: own }) => `${what(answers, own)} Done?`,
  usual: () => "no",
  applies: applies ?? always,
  read: yesOrNo,
}));

export const questions: readonly Question[] = [...asked, ...ticks];
