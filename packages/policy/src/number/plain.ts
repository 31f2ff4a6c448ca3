const plus = 0x2b;

function isDialled(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2a || code === 0x23;
}

/** RFC 3966 §3 `visual-separator`. */
function isSeparator(code: number): boolean {
  return code === 0x2d || code === 0x2e || code === 0x28 || code === 0x29;
}

/**
 * A dialled number with nothing around it: what stands before the first `;`, without visual separators and without a leading
 * plus. Undefined if anything but digits, * and # is left. Asked for each call, hence no new text where none is needed.
 */
export function plainNumber(text: string): string | undefined {
  const semicolon = text.indexOf(";");
  const end = semicolon < 0 ? text.length : semicolon;
  const start = text.charCodeAt(0) === plus ? 1 : 0;
  let separators = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (isSeparator(code)) separators++;
    else if (!isDialled(code)) return undefined;
  }
  if (end - start === separators) return undefined;
  return separators === 0 ? text.slice(start, end) : withoutSeparators(text.slice(start, end));
}

function withoutSeparators(text: string): string {
  let plain = "";
  for (let i = 0; i < text.length; i++) if (!isSeparator(text.charCodeAt(i))) plain += text.charAt(i);
  return plain;
}

/** Compiles `+1555010????` or `+44*`. A carrier that leaves the plus out delivers the same number. */
export function numberMatcher(pattern: string): (plain: string) => boolean {
  const open = pattern.endsWith("*");
  const first = pattern.startsWith("+") ? 1 : 0;
  const body = pattern.slice(first, open ? -1 : undefined);
  return (plain) => {
    if (open ? plain.length < body.length : plain.length !== body.length) return false;
    for (let i = 0; i < body.length; i++) {
      const wanted = body.charAt(i);
      const digit = plain.charAt(i);
      if (wanted === "?" ? digit < "0" || digit > "9" : wanted !== digit) return false;
    }
    return true;
  };
}
