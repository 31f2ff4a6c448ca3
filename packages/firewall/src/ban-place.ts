/**
 * What may be put into the kernel's ban sets. The text of a request never reaches the packet filter: it is read into numbers, and
 * what the filter gets is printed from those.
 */

/** By what they hold: IPv4 addresses, IPv6 /64s, IPv6 /48s. */
export const banSets = ["banned4", "banned64", "banned48"] as const;
export type BanSet = (typeof banSets)[number];

export interface BanPlace {
  readonly set: BanSet;
  /** As the packet filter reads it. */
  readonly element: string;
}

/** `192.0.2.1`, `2001:db8:1:2::/64` or `2001:db8:1::/48`, each group written: the form in which bans are named. */
export function readSource(text: string): BanPlace | undefined {
  if (text.length > 40) return undefined;
  if (!text.includes(":")) {
    const octets = numbersOf(text, ".", 10, 255);
    // Nobody sends from 0/8, and nobody alone from 224/4.
    const usable = octets?.length === 4 && (octets[0] ?? 0) > 0 && (octets[0] ?? 0) < 224;
    return usable ? { set: "banned4", element: octets.join(".") } : undefined;
  }
  const ending = ["::/64", "::/48"].find((end) => text.endsWith(end));
  if (ending === undefined) return undefined;
  const groups = numbersOf(text.slice(0, -ending.length), ":", 16, 0xffff);
  const [set, held] = ending === "::/64" ? (["banned64", 4] as const) : (["banned48", 3] as const);
  if (groups?.length !== held) return undefined;
  return { set, element: [...groups, ...Array<number>(8 - held).fill(0)].map((group) => group.toString(16)).join(":") };
}

/** The other way: the name of a ban for what the packet filter prints. Undefined: that is none of ours. */
export function sourceOf(set: BanSet, element: string): string | undefined {
  if (set === "banned4") return readSource(element)?.element;
  const [before = "", after] = element.split("::");
  const left = before === "" ? [] : numbersOf(before, ":", 16, 0xffff);
  const right = after === undefined || after === "" ? [] : numbersOf(after, ":", 16, 0xffff);
  if (left === undefined || right === undefined) return undefined;
  const gap = 8 - left.length - right.length;
  if (gap < 0 || (after === undefined && gap > 0)) return undefined;
  const [held, prefix] = set === "banned64" ? [4, 64] : [3, 48];
  const groups = [...left, ...Array<number>(gap).fill(0), ...right].slice(0, held);
  return `${groups.map((group) => group.toString(16)).join(":")}::/${prefix}`;
}

/** Undefined when one of the parts is no number up to `most`, written without leading zeros. */
function numbersOf(text: string, separator: string, radix: 10 | 16, most: number): readonly number[] | undefined {
  const numbers: number[] = [];
  for (const part of text.split(separator)) {
    const number = Number.parseInt(part, radix);
    if (!(number <= most) || number.toString(radix) !== part) return undefined;
    numbers.push(number);
  }
  return numbers;
}
