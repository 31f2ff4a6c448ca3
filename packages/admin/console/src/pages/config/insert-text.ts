/** Writing into a text field as if it had been typed. */

/** In the place of what is selected. The browser's own command can be undone with its own keys; where it is gone, the text is set. */
export function insertText(area: HTMLTextAreaElement, text: string): void {
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** With the indentation that the next line most likely has. */
export function newLine({ value, selectionStart }: HTMLTextAreaElement): string {
  const line = value.slice(value.lastIndexOf("\n", selectionStart - 1) + 1, selectionStart);
  const indent = line.length - line.trimStart().length;
  return `\n${" ".repeat(line.trimEnd().endsWith(":") ? indent + 2 : indent)}`;
}
