import { parseRange } from "../did-table.ts";
import { isOneOf, type LeafReading, quoted, readDigits, written } from "./leaf.ts";

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

/** A name we give to a thing. It becomes a metric label and a log field, hence short and plain. */
export function label() {
  return written({ kind: "name" }, (text): LeafReading<string> => {
    if (text.length <= 64 && isOneOf(text, nameCharacters)) return { value: text };
    return { problem: `is ${quoted(text)}, which is no name`, remedy: "use up to 64 letters, digits, - _ and ." };
  });
}

/** A path; the appliance reads relative ones from the folder of the configuration file. */
export function path() {
  return written({ kind: "path" }, (text): LeafReading<string> => {
    if (text.startsWith("-----BEGIN")) {
      return { problem: "holds a certificate itself", remedy: "write the path of the file that holds it" };
    }
    if (text.length > 0 && text.length <= 4096 && !text.includes("\0") && !text.includes("\n")) return { value: text };
    return { problem: "is no path", remedy: "write the path of a file or folder" };
  });
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export function portRange() {
  return written({ kind: "port range" }, (text): LeafReading<PortRange> => {
    const dash = text.indexOf("-");
    const first = readDigits(text.slice(0, Math.max(dash, 0)));
    const last = readDigits(text.slice(dash + 1));
    if (first >= 1 && last <= 65_535 && first <= last) return { value: { first, last } };
    return {
      problem: `is ${quoted(text)}, which is no port range`,
      remedy: "write the first and the last port: 10000-20000",
    };
  });
}

/** A number that can be dialled: an optional plus and digits, or a short code with * and #. */
export function dialNumber() {
  return written({ kind: "number in quotes" }, (text): LeafReading<string> => {
    const rest = text.startsWith("+") ? text.slice(1) : text;
    if (rest.length <= 32 && isOneOf(rest, "0123456789*#")) return { value: text };
    return { problem: `is ${quoted(text)}, which is no number`, remedy: 'write digits in quotes: "112"' };
  });
}

/** A prefix of numbers. */
export function dialPrefix() {
  return written({ kind: "prefix in quotes" }, readPrefix);
}

/** Where there may be none, as national numbers have in Spain and Norway: `""`. */
export function dialPrefixOrNone() {
  return written({ kind: "prefix in quotes" }, (text) => (text === "" ? { value: text } : readPrefix(text)));
}

function readPrefix(text: string): LeafReading<string> {
  const rest = text.startsWith("+") ? text.slice(1) : text;
  if (rest.length <= 32 && (rest === "" ? text === "+" : isOneOf(rest, "0123456789*#"))) return { value: text };
  return { problem: `is ${quoted(text)}, which is no prefix`, remedy: 'write the leading digits in quotes: "+1"' };
}

/** A number, a pattern (`?` stands for one digit, `*` at the end for any rest) or a range of numbers of one length. */
export function numberPattern() {
  return written({ kind: "number pattern in quotes" }, (text): LeafReading<string> => {
    if (text.includes("-") && text.length <= 67 && isOneOf(text, "+0123456789-") && parseRange(text) !== undefined) {
      return { value: text };
    }
    const body = text.endsWith("*") ? text.slice(0, -1) : text;
    const rest = body.startsWith("+") ? body.slice(1) : body;
    const fits = text.length > 0 && text.length <= 33 && (rest === "" || isOneOf(rest, "0123456789?"));
    if (fits) return { value: text };
    return {
      problem: `is ${quoted(text)}, which is no number pattern`,
      remedy: 'write "+1555010????", "+44*" or "+15550100-+15550149"',
    };
  });
}

/** What a challenge names as its realm. */
export function realm() {
  return written({ kind: "realm" }, (text): LeafReading<string> => {
    const plain = text.length > 0 && text.length <= 128 && !text.includes('"') && !text.includes("\\");
    if (plain && [...text].every((character) => character >= " " && character <= "~")) return { value: text };
    return { problem: `is ${quoted(text)}, which is no realm`, remedy: "copy it from the 401" };
  });
}

const addressCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+/=?^_`{|}~-";

/** An address alone, without a name, quotes or comments: nothing in it can be read as more than one. */
export function mailAddress() {
  return written({ kind: "mail address", examples: ["noc@example.com"] }, (text): LeafReading<string> => {
    const [user = "", domain = "", more] = text.split("@");
    const plain = more === undefined && text.length <= 254 && !user.startsWith("-");
    if (plain && isOneOf(user, addressCharacters) && isOneOf(domain.toLowerCase(), domainCharacters)) {
      return { value: text };
    }
    return { problem: `is ${quoted(text)}, which is no mail address`, remedy: "write noc@example.com" };
  });
}

const domainCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-";
