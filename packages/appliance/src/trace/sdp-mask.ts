/**
 * A session description with the private parts hidden, line by line (RFC 8866). Keys never show: `a=crypto`, `k=`, MIKEY, the
 * password of ICE, and what a capability would have them in.
 */
import { isIP } from "node:net";
import type { Mask } from "../logs/mask.ts";

const hidden = "***";
/** Attributes that say what is sent and how, and nothing of anybody. */
const open: ReadonlySet<string> = new Set([
  ...["rtpmap", "fmtp", "ptime", "maxptime", "sendrecv", "sendonly", "recvonly", "inactive", "rtcp-mux", "rtcp-rsize"],
  ...["setup", "connection", "fingerprint", "mid", "group", "rtcp-fb", "extmap", "extmap-allow-mixed", "bundle-only"],
  ...["ice-ufrag", "ice-lite", "ice-options", "end-of-candidates", "msid-semantic", "tls-id", "silenceSupp", "label"],
]);
const keys: ReadonlySet<string> = new Set(["ice-pwd", "key-mgmt", "acap", "pcfg", "acfg", "csup"]);

export function maskSdp(body: string, mask: Mask): string {
  return body
    .split("\n")
    .map((line) => (line.endsWith("\r") ? `${maskLine(line.slice(0, -1), mask)}\r` : maskLine(line, mask)))
    .join("\n");
}

function maskLine(line: string, mask: Mask): string {
  const value = line.slice(2);
  switch (line.slice(0, 2)) {
    case "":
    case "v=":
    case "t=":
    case "b=":
    case "m=":
      return line;
    case "o=":
      return `o=${maskOrigin(value, mask)}`;
    case "c=":
      return `c=${words(value, mask)}`;
    case "k=":
      return `k=${hidden}`;
    case "a=":
      return `a=${maskAttribute(value, mask)}`;
    default:
      return mask.text(line);
  }
}

/** `username id version IN IP4 address` */
function maskOrigin(value: string, mask: Mask): string {
  const [user = "", id = "", version = "", ...place] = value.split(" ");
  return [mask.identity(user), id, version, words(place.join(" "), mask)].join(" ");
}

function words(value: string, mask: Mask): string {
  return value
    .split(" ")
    .map((word) => (isIP(word) !== 0 || word.includes(".") ? mask.address(word) : word))
    .join(" ");
}

function maskAttribute(value: string, mask: Mask): string {
  const colon = value.indexOf(":");
  const name = (colon < 0 ? value : value.slice(0, colon)).trim();
  if (open.has(name)) return value;
  if (keys.has(name.toLowerCase())) return `${name}:${hidden}`;
  if (name.toLowerCase() === "crypto") return `${name}:${maskCrypto(value.slice(colon + 1))}`;
  if (name === "candidate" || name === "rtcp" || name === "remote-candidates") return words(value, mask);
  return mask.text(value);
}

/** RFC 4568 §9.1: tag and suite, then the key. */
function maskCrypto(value: string): string {
  const [tag = "", suite = ""] = value.split(" ");
  return `${tag} ${suite} inline:${hidden}`;
}
