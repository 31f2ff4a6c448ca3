/**
 * JSON for a terminal or a pipe: what is not printable ASCII is written as the escape that JSON has for it. The value is the
 * same, and nothing in it moves a cursor or turns the reading direction (threat L14).
 */
export function asciiJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, undefined, indent);
  let ascii = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Line ends are those of the indentation: JSON has its own escape for one in a string.
    if ((code >= 0x20 && code < 0x7f) || code === 0x0a) continue;
    ascii += `${text.slice(from, i)}\\u${code.toString(16).padStart(4, "0")}`;
    from = i + 1;
  }
  return ascii + text.slice(from);
}
