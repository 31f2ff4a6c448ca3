/** Names and addresses of insides, found in what a stranger was told. A scanner: what it reads was written by a peer. */
import { isLoopback, parseIp } from "@ringfence/policy";
import { isInside } from "../inside.ts";

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
  if (parseIp(name) === undefined) return insideEndings.some((ending) => name.endsWith(ending));
  return isInside(name) && !isLoopback(name);
}

function isNameCharacter(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2e || c === 0x2d;
}
