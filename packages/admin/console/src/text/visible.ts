/**
 * What a peer wrote, so that a person sees what is there: characters that move the cursor, turn the direction of writing or
 * show nothing are written as the log writes them. It is text in the page in any case; this is for the eye.
 */
export function visible(text: string): string {
  let shown = "";
  for (const character of text) shown += isUnseen(character.codePointAt(0) ?? 0) ? named(character) : character;
  return shown;
}

/** The same, with the ends of lines kept: a SIP message has many. */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line.endsWith("\r") ? line.slice(0, -1) : line))
    .join("\n");
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** Controls (ANSI among them), marks of direction, invisible joiners, separators of lines, tags. */
function isUnseen(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0xad ||
    code === 0x61c ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe0000 && code <= 0xe007f)
  );
}
