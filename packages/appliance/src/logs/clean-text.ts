/**
 * Text that others wrote, made safe for a terminal and for a log line: whatever could move a cursor, start a new line,
 * reverse the reading direction or hide itself becomes a visible escape such as \x1b or \u202e.
 */

/** First and last code points (inclusive) of what is escaped, ascending. */
const unsafeRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x1f], // C0 controls: line breaks, ESC
  [0x7f, 0x9f], // DEL and C1 controls: 0x9b is a one-byte ESC [
  [0xad, 0xad], // soft hyphen: invisible
  [0x061c, 0x061c], // Arabic letter mark
  [0x200b, 0x200f], // zero width characters, direction marks
  [0x2028, 0x202e], // line and paragraph separators, direction embeddings and overrides
  [0x2060, 0x206f], // word joiner, direction isolates, deprecated format characters
  [0xd800, 0xdfff], // a surrogate without its other half
  [0xfeff, 0xfeff], // byte order mark
  [0xfff9, 0xfffb], // interlinear annotation
  [0xe0000, 0xe007f], // tag characters: invisible
];

/** Escapes what a reader must not be exposed to; anything past `maxLength` UTF-16 units is cut and marked with an ellipsis. */
export function cleanText(text: string, maxLength = 2_000): string {
  const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
  if (cut.length === text.length && isPlain(text)) return text;
  let clean = "";
  for (const character of cut) {
    const codePoint = character.codePointAt(0) ?? 0;
    clean += isUnsafe(codePoint) ? escapeCodePoint(codePoint) : character;
  }
  return cut.length < text.length ? `${clean}…` : clean;
}

/** Printable ASCII, which nearly every field is. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

function isUnsafe(codePoint: number): boolean {
  if (codePoint >= 0x20 && codePoint < 0x7f) return false;
  for (const [first, last] of unsafeRanges) {
    if (codePoint < first) return false;
    if (codePoint <= last) return true;
  }
  return false;
}

function escapeCodePoint(codePoint: number): string {
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}
