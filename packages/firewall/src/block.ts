import { type Cidr, parseCidr } from "@ringfence/policy";

/** A block of addresses as the packet filter reads it. */
export interface Block {
  readonly family: 4 | 6;
  readonly text: string;
}

/** Written anew from its numbers, so that one block has one spelling. Undefined: a name, no address. */
export function blockOf(given: Cidr | string): Block | undefined {
  const cidr = typeof given === "string" ? parseCidr(given) : given;
  if (typeof cidr === "string") return undefined;
  const { family, first, prefix } = cidr;
  const bits = family === 4 ? 32 : 128;
  const address =
    family === 4
      ? [24, 16, 8, 0].map((shift) => ((first[0] ?? 0) >>> shift) & 255).join(".")
      : first.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]).join(":");
  return { family, text: prefix === bits ? address : `${address}/${prefix}` };
}
