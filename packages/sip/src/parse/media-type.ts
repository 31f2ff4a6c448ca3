/** Content-Type and Content-Disposition: a word or two, then parameters (RFC 3261 §20.11, §20.15). */
import { trimmed } from "./octets.ts";
import { type Param, parseParams } from "./params.ts";

/** `m-type SLASH m-subtype` in lower case, parameters and white space gone. */
export function mediaType(value: string): string {
  const [type = "", subtype = ""] = head(value).split("/", 2);
  return `${trimmed(type)}/${trimmed(subtype)}`;
}

/** What stands before the first semicolon, in lower case. */
export function head(value: string): string {
  return trimmed(value.slice(0, headEnd(value)).toLowerCase());
}

/** Undefined when they cannot be read. Neither field has a semicolon before its parameters. */
export function fieldParams(value: string): readonly Param[] | undefined {
  return parseParams(value, headEnd(value));
}

function headEnd(value: string): number {
  const semicolon = value.indexOf(";");
  return semicolon < 0 ? value.length : semicolon;
}
