/** Threat L14: what a peer may plant in what a person reads. Each is one line of SIP that a parser takes. */
export const payloads = {
  markup: `<img src=x onerror="document.title='L14'"><script>`,
  quote: `"><svg onload=alert(1)>' OR 1=1;--`,
  direction: "a\u202egnp.exe\u200b",
  prototype: "__proto__[constructor]={{7*7}}#{7*7}",
} as const;

/** As the console shows the one that would turn the text around. */
export const directionShown = "aâ\\x80®gnp.exeâ\\x80\\x8b";
