/** Names and addresses of insides, found in what a stranger was told. A scanner: what it reads was written by a peer. */
import { parseCidr, parseIp } from "@ringfence/policy";

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 link-local. */
const blocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"].flatMap((text) => {
  const block = parseCidr(text);
  return typeof block === "string" ? [] : [block];
});
const insideEndings = [".local", ".internal", ".lan", ".intern", ".corp", ".home.arpa"];
const longest = 255;

/** What could be a host: runs of letters, digits, dots and hyphens, and what stands in brackets. */
export function namesIn(text: string): readonly string[] {
  const names: string[] = [];
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && isNameCharacter(text.charCodeAt(i))) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0 && i - start <= longest) names.push(text.slice(start, i).toLowerCase());
    start = -1;
  }
  return names;
}

export function isPrivate(name: string): boolean {
  const ip = parseIp(name);
  if (ip === undefined) return insideEndings.some((ending) => name.endsWith(ending));
  if (ip.family !== 4) return false;
  return blocks.some(({ first, last }) => ip.value >= (first[0] ?? 0) && ip.value <= (last[0] ?? 0));
}

function isNameCharacter(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2e || c === 0x2d;
}
