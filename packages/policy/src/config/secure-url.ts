import { isLoopback } from "../address.ts";
import { type LeafReading, quoted, written } from "./leaf.ts";

const longestUrl = 512;

/** Where something goes that nobody else may read: in clear text on this machine only. */
export function secureUrl(example: string) {
  return written({ kind: "https URL", examples: [example] }, (text): LeafReading<string> => {
    const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
    const secure = url?.protocol === "https:" || (url?.protocol === "http:" && isHere(url.hostname));
    if (url !== undefined && secure && url.username === "" && url.hash === "") return { value: text };
    return {
      problem: `is ${quoted(text)}, which is no https URL`,
      remedy: `write ${example}; http:// only for 127.0.0.1 or [::1]`,
    };
  });
}

/** @param host as a URL has it */
export function isHere(host: string): boolean {
  return isLoopback(host.startsWith("[") ? host.slice(1, -1) : host);
}
