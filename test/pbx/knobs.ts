/**
 * Every behaviour of the stand-in that a real miniSipServer might do otherwise, in one table.
 * `captured`: seen in bytes on a wire. `documented`: the vendor or the RFC says so. `guess`: nobody here knows.
 */
export type Tag = "captured" | "documented" | "guess";

interface Knob<V> {
  readonly value: V;
  readonly tag: Tag;
  readonly meaning: string;
  readonly choices: readonly string[] | undefined;
}

const count = (value: number, tag: Tag, meaning: string): Knob<number> => ({ value, tag, meaning, choices: undefined });
const text = (value: string, tag: Tag, meaning: string): Knob<string> => ({ value, tag, meaning, choices: undefined });
const flag = (value: boolean, tag: Tag, meaning: string): Knob<boolean> => ({
  value,
  tag,
  meaning,
  choices: ["on", "off"],
});
function choice<const C extends readonly string[]>(choices: C, value: C[number], tag: Tag, meaning: string) {
  return { value, tag, meaning, choices } as Knob<C[number]>;
}

export const knobTable = {
  // registrar
  expiresMax: count(120, "captured", "longest registration granted, seconds (300 was cut to 120 on TCP)"),
  expiresMin: count(0, "guess", "shorter requests get 423 with Min-Expires; 0 accepts any, seconds"),
  contactMatch: choice(
    ["uri", "address"],
    "uri",
    "guess",
    "two contacts are one when the URI, or only user@host:port, is equal",
  ),
  maxContacts: count(3, "documented", "devices an extension with the one-number right may register"),
  maxContactsStatus: count(403, "guess", "answer to one device too many"),
  singleDevice: choice(
    ["replace", "reject"],
    "replace",
    "guess",
    "second device of an extension without the one-number right",
  ),
  badPasswordStatus: choice(["401", "403"], "401", "guess", "answer to wrong credentials"),
  nonceLifetime: count(300, "guess", "seconds a nonce is good for, as often as wanted"),
  digestUri: choice(["strict", "lenient"], "lenient", "guess", "whether the digest uri must equal the Request-URI"),
  // bans
  f2b: flag(true, "documented", "fail to ban: drop everything of an address after too many failed authorisations"),
  f2bFailures: count(5, "guess", "failed authorisations inside the window that ban"),
  f2bWindow: count(60, "documented", "length of that window, seconds"),
  f2bBan: count(14_400, "documented", "length of the ban, seconds (the vendor says several hours)"),
  // who may call
  inviteAuth: choice(
    ["none", "initial", "reinvite"],
    "none",
    "captured",
    "which INVITE gets 407: none, the first, or only a re-INVITE (V26)",
  ),
  sourceMatch: choice(
    ["ip-port", "ip"],
    "ip-port",
    "guess",
    "how an INVITE is matched to the source of its caller's registration",
  ),
  trunkMatch: choice(
    ["ip-port", "ip"],
    "ip-port",
    "documented",
    "how a trusted trunk is recognised (cloud: IP and port; local: unknown)",
  ),
  unknownSource: choice(["403", "401", "404", "silent"], "403", "guess", "answer to an INVITE from nobody we know"),
  limitStatus: choice(["403", "486", "503"], "486", "guess", "answer when a call limit or call level refuses"),
  // routing
  outPrefix: text("9", "documented", "prefix that leaves through the first line or trunk when no route says otherwise"),
  udpTarget: choice(
    ["contact", "source"],
    "contact",
    "guess",
    "where requests to a UDP client go: its Contact, or where its packets came from",
  ),
  ringTimeout: count(180, "guess", "seconds of ringing before the call is given up with 480"),
  echoNumber: text("600", "guess", "this number answers and echoes (ours: no such number was seen)"),
  toneNumber: text("601", "guess", "this number answers and plays 440 Hz (ours)"),
  attendantNumber: text("700", "guess", "this number is the auto-attendant: it answers at once and takes digits"),
  // dialogs
  reliable180: flag(false, "captured", "send 180 with 100rel when the caller supports it"),
  reliableFar: flag(false, "guess", "what the caller says of 100rel is said to who is called"),
  reinvite: choice(
    ["forward", "local"],
    "forward",
    "guess",
    "a re-INVITE is sent on to the far leg, or answered by the PBX",
  ),
  updateOffer: choice(
    ["refuse", "forward"],
    "refuse",
    "guess",
    "an offer in UPDATE (RFC 3311) is answered 488, or goes to the far leg; without SDP it is a keep-alive",
  ),
  addMedia: choice(["accept", "bye"], "accept", "guess", "re-INVITE with one more m-line: bye is what V26 does"),
  refer: choice(["accept", "decline"], "accept", "guess", "REFER in a call: the PBX transfers the call itself, or 603"),
  referBye: flag(
    true,
    "guess",
    "after a transfer the PBX hangs up the party that asked for it; off: waits for its BYE",
  ),
  replaces: flag(
    true,
    "guess",
    "INVITE with Replaces takes the place of a party, ringing or answered; off: a new call",
  ),
  // events
  subscribe: flag(true, "guess", "message-summary, dialog and presence can be subscribed to; off: 489"),
  subscribeExpires: count(600, "guess", "longest subscription granted, seconds"),
  publish: flag(false, "captured", "PUBLISH of presence is taken (it is not in Allow); off: 501"),
  onThePhone: flag(false, "guess", "presence says on-the-phone (RFC 4480) while an extension talks; off: a note only"),
  mailboxUnasked: flag(
    false,
    "guess",
    "phones that did not subscribe are told of waiting messages too (RFC 3842 §3.2)",
  ),
  // media
  relay: flag(true, "documented", "the PBX relays RTP and RTCP; off: the SDP keeps the addresses of the clients"),
  latch: flag(true, "guess", "RTP goes back to where it comes from, whatever the SDP says"),
  srtp: choice(
    ["accept", "refuse"],
    "accept",
    "documented",
    "SDES AES_CM_128_HMAC_SHA1_80 only; refuse: 488 for every RTP/SAVP",
  ),
  srtpOffer: choice(
    ["mirror", "never", "always"],
    "mirror",
    "guess",
    "when the far leg is offered RTP/SAVP: as the near leg did, never, always",
  ),
  // lines
  sameRegisterCallId: flag(
    true,
    "documented",
    "gVarSipRegSameDialog: REGISTER of a line keeps its Call-ID; off: a new one each time",
  ),
  lineExpires: count(300, "guess", "Expires that an external line asks for, seconds"),
  // timers
  t1: count(500, "documented", "RFC 3261 T1, milliseconds"),
  // faults
  silence: flag(false, "guess", "fault: drop everything that comes in, send nothing"),
  slow100: count(0, "guess", "fault: milliseconds before 100 Trying"),
  busy503: flag(false, "guess", "fault: every new request is answered 503"),
  wrongRport: flag(true, "captured", "fault: Via rport in a 2xx is the Contact port, not the source port"),
  duplicate200: flag(false, "guess", "fault: each 200 to INVITE is sent twice"),
  lostAckSent: count(0, "guess", "fault: so many ACKs of each outgoing call are not sent"),
  lostAckReceived: count(0, "guess", "fault: so many ACKs of each incoming call are not seen"),
  lateCancel: count(0, "guess", "fault: milliseconds a CANCEL is held back, sent even if 200 came meanwhile"),
  decoys: flag(false, "documented", "listen on the web ports that a border must not publish"),
  decoyPorts: text("8080,5062", "documented", "ports of the decoys: web admin and WebRTC (MCCP)"),
} as const satisfies Record<string, Knob<number | string | boolean>>;

export type KnobName = keyof typeof knobTable;
export type Knobs = { [K in KnobName]: (typeof knobTable)[K]["value"] };

export const knobNames = Object.keys(knobTable) as KnobName[];

export function defaultKnobs(): Knobs {
  return Object.fromEntries(knobNames.map((name) => [name, knobTable[name].value])) as Knobs;
}

const isName = (name: string): name is KnobName => Object.hasOwn(knobTable, name);

/** Reads `name=value` into the knobs; returns what is wrong with it, or undefined when it was set. */
export function setKnob(knobs: Knobs, name: string, value: string): string | undefined {
  if (!isName(name)) return `unknown knob ${name}`;
  const { choices, value: standard } = knobTable[name] as Knob<number | string | boolean>;
  if (choices !== undefined && !choices.includes(value)) return `${name} must be one of ${choices.join(" ")}`;
  let parsed: number | string | boolean = value;
  if (typeof standard === "boolean") parsed = value === "on";
  if (typeof standard === "number") {
    parsed = Number(value);
    if (value === "" || !Number.isSafeInteger(parsed) || parsed < 0) return `${name} must be a whole number`;
  }
  Object.assign(knobs, { [name]: parsed });
  return undefined;
}

const shown = (value: number | string | boolean): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);

const typeOf = (knob: Knob<number | string | boolean>): string => knob.choices?.join(" ") ?? typeof knob.value;

/** The knob as its row in README.md. */
export function knobRow(name: KnobName): string {
  const knob = knobTable[name] as Knob<number | string | boolean>;
  return `| \`${name}\` | ${shown(knob.value)} | ${typeOf(knob)} | ${knob.tag} | ${knob.meaning} |`;
}

/** The table as text, one knob a line, for `--knobs`. */
export function describeKnobs(): string {
  const line = (name: KnobName): string => {
    const knob = knobTable[name] as Knob<number | string | boolean>;
    return `${name}=${shown(knob.value)}  [${knob.tag}]  (${typeOf(knob)})  ${knob.meaning}`;
  };
  return knobNames.map(line).join("\n");
}
