/** Something to take along, such as a key that is shown once. */
import { useState } from "preact/hooks";

export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  // Only https and this machine's own address give a page the clipboard.
  if (!isSecureContext) return null;
  return (
    <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
      {copied ? "Copied" : "Copy"}
    </button>
  );
}
