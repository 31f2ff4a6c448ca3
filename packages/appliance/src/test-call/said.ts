/** Every way a step can go wrong, as a sentence and what to do. What a peer said is masked by whoever prints it. */
import type { Purpose } from "./phone.ts";
import type { SessionProblem } from "./session.ts";

export interface Trouble {
  readonly said: string;
  readonly remedy: string;
}

const stopped = "Is it running? ./ringfence status says. An address that failed too often is banned: ./ringfence bans.";

const unanswered: Readonly<Record<Purpose, Trouble>> = {
  register: { said: "nothing answers the registration", remedy: stopped },
  unregister: { said: "nothing answers when the registration is taken back", remedy: stopped },
  invite: {
    said: "nobody answered the call in time",
    remedy: "Call a number that answers by itself, an echo; or name a second account that answers.",
  },
  bye: { said: "nothing answers the end of the call", remedy: stopped },
};

export function unansweredTrouble(purpose: Purpose): Trouble {
  return unanswered[purpose];
}

const session: Readonly<Record<SessionProblem, Trouble>> = {
  "no-sdp": {
    said: "the answer has no description of the sound",
    remedy: "Look at the call: ./ringfence trace --method INVITE.",
  },
  "no-audio": {
    said: "the answer has no audio with an address",
    remedy: "Look at the call: ./ringfence trace --method INVITE.",
  },
  "no-codec": {
    said: "the other side takes neither PCMU nor PCMA",
    remedy: "Allow one of them: phones.media.codecs, and in the PBX.",
  },
  "not-encrypted": {
    said: "the sound would not be encrypted, and SRTP is asked for",
    remedy: "Set phones.media.srtp: required, or test without SRTP: --plain.",
  },
  encrypted: {
    said: "the other side wants SRTP, and it is tested without",
    remedy: "Leave out --plain.",
  },
  "no-common-suite": {
    said: "no SRTP suite is common to both",
    remedy: "Allow AES_CM_128_HMAC_SHA1_80 in phones.media.suites.",
  },
};

export function sessionTrouble(why: SessionProblem): Trouble {
  return session[why];
}

const account = "Check the user, the password and the domain as the PBX has them.";
const explain = "The log has the reason: ./ringfence decisions, ./ringfence explain ID.";

/** RFC 3261 §21: what the answers to a phone mean behind Ringfence. */
const remedies: Readonly<Record<Purpose, ReadonlyMap<number, string>>> = {
  register: new Map([
    [401, account],
    [403, `${account} ${explain}`],
    [404, `${account} The domain must be one of phones.domains.`],
    [407, account],
    [423, "The PBX wants longer registrations than two minutes: that is unusual, and this test does not ask for them."],
    [503, "The PBX may be away: ./ringfence status says whether it answers."],
    [504, "The PBX does not answer Ringfence: check pbx.address and its white list."],
  ]),
  unregister: new Map(),
  invite: new Map([
    [401, account],
    [403, explain],
    [404, "The PBX knows no such number: name one that answers by itself."],
    [407, account],
    [408, "Nobody answered: name a number that answers by itself."],
    [480, "Whoever is called is not registered."],
    [486, "Whoever is called is busy, or the limit of calls is reached."],
    [488, "The media do not fit: phones.media.srtp and phones.media.codecs, or the PBX."],
    [503, "The PBX may be away, or Ringfence sheds load: ./ringfence status."],
  ]),
  bye: new Map(),
};

const names: Readonly<Record<Purpose, string>> = {
  register: "the registration",
  unregister: "taking the registration back",
  invite: "the call",
  bye: "the end of the call",
};

export function refusedTrouble(purpose: Purpose, status: number, reason: string): Trouble {
  const text = reason === "" ? "" : ` ${reason}`;
  return { said: `${names[purpose]} was refused: ${status}${text}`, remedy: remedies[purpose].get(status) ?? explain };
}

/** @param code of Node or OpenSSL */
export function unreachableTrouble(code: string, place: string, kind: "udp" | "tcp" | "tls"): Trouble {
  const said = `${place} cannot be reached over ${kind.toUpperCase()} (${code})`;
  if (code === "ECONNREFUSED")
    return { said, remedy: "Nothing listens there: check the port, and ./ringfence status." };
  if (code.includes("CERT") || code.includes("SIGNED") || code.includes("ALTNAME")) {
    const remedy = "The certificate is not trusted here: name its authority (--ca FILE), or test with --insecure.";
    return { said, remedy };
  }
  return { said, remedy: "Check the address, the firewall between, and that this address is not banned." };
}

/** @param counts of the phone that should have heard more */
export function soundTrouble(
  who: string,
  counts: { readonly heard: number; readonly expected: number; readonly refused: number; readonly others: number },
): Trouble {
  const { heard, expected, refused, others } = counts;
  const said = `${who} heard ${heard} of ${expected} packets`;
  if (refused > 0) {
    const remedy = "Packets came whose keys do not fit: something between changes the SDP, or sends into the stream.";
    return { said: `${said}, and ${refused} that could not be decrypted`, remedy };
  }
  if (others > 0) {
    const remedy = "Something else is heard: an announcement, music, or nobody echoes. Name a number that echoes.";
    return { said: `${said}, and ${others} with another sound`, remedy };
  }
  const remedy = "Let media.ports through the firewall (UDP, both ways), and check media.public_address.";
  return { said, remedy };
}

export const endedTrouble: Trouble = {
  said: "the call was ended by the other side",
  remedy: "./ringfence cdr says who ended it, and why.",
};

export function lostTrouble(who: string): Trouble {
  return { said: `the connection of ${who} was closed`, remedy: "The log says why: event connection." };
}
