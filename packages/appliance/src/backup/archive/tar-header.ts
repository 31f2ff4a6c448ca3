/**
 * A header of a tar archive (POSIX.1-1988 ustar), for regular files only: so `age -d backup | tar x` works without Ringfence.
 * What else tar can hold (links, devices, names in extensions) is neither written nor read.
 */
export const BLOCK = 512;

export interface TarEntry {
  /** ASCII, at most 100 octets. */
  readonly name: string;
  readonly size: number;
  /** The lowest nine bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** What stands where the next header should: undefined: the end of the archive; text: why it is refused. */
export type TarReading = TarEntry | string | undefined;

const longestName = 100;
/** Eleven octal digits. */
export const largestMember = 8 ** 11 - 1;
/** Where each field begins, and how many octets it has. */
const field = {
  name: [0, longestName],
  mode: [100, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  kind: [156, 1],
  magic: [257, 8],
} as const;
const MAGIC = "ustar\u000000";

export function fitsName(name: string): boolean {
  return name.length > 0 && name.length <= longestName && isPlain(name);
}

/** @throws RangeError for an entry that a header cannot hold */
export function tarHeader({ name, size, mode, modified }: TarEntry): Uint8Array {
  if (!fitsName(name) || size > largestMember) throw new RangeError(`tar cannot hold ${name} of ${size} octets`);
  const block = Buffer.alloc(BLOCK);
  const write = ([at]: readonly [number, number], text: string): void => void block.write(text, at, "latin1");
  const octal = (place: readonly [number, number], value: number): void =>
    write(place, value.toString(8).padStart(place[1] - 1, "0"));
  write(field.name, name);
  octal(field.mode, mode & 0o777);
  octal([108, 8], 0);
  octal([116, 8], 0);
  octal(field.size, size);
  octal(field.modified, Math.max(0, Math.floor(modified)));
  write(field.kind, "0");
  write(field.magic, MAGIC);
  write(field.checksum, `${checksumOf(block).toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** @param block of 512 octets, from whoever made the archive */
export function readTarHeader(block: Uint8Array): TarReading {
  if (block.every((octet) => octet === 0)) return undefined;
  const octets = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const text = ([at, length]: readonly [number, number]): string =>
    untilNul(octets.toString("latin1", at, at + length));
  if (readOctal(text(field.checksum)) !== checksumOf(octets)) return "a header was altered";
  const name = text(field.name);
  if (!fitsName(name)) return "a name is no plain text";
  if (text(field.kind) !== "0" && text(field.kind) !== "") return `${name} is a link or a device, and no file`;
  const size = readOctal(text(field.size));
  if (size === undefined) return `the size of ${name} is no number`;
  const mode = readOctal(text(field.mode)) ?? 0o600;
  return { name, size, mode: mode & 0o777, modified: readOctal(text(field.modified)) ?? 0 };
}

/** Octets that fill the last block of a member. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The sum of all octets, the checksum itself taken as blanks. */
function checksumOf(block: Uint8Array): number {
  const [at, length] = field.checksum;
  let sum = 0;
  for (const [place, octet] of block.entries()) sum += place >= at && place < at + length ? 0x20 : octet;
  return sum;
}

function untilNul(text: string): string {
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

function readOctal(text: string): number | undefined {
  const digits = text.trim();
  if (digits === "" || ![...digits].every((digit) => digit >= "0" && digit <= "7")) return undefined;
  return Number.parseInt(digits, 8);
}

function isPlain(text: string): boolean {
  return [...text].every((character) => character > " " && character <= "~");
}
