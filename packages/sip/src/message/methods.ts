/** Methods of RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903, 6086. Method names are case-sensitive tokens. */
export const standardMethods: ReadonlySet<string> = new Set([
  "ACK",
  "BYE",
  "CANCEL",
  "INFO",
  "INVITE",
  "MESSAGE",
  "NOTIFY",
  "OPTIONS",
  "PRACK",
  "PUBLISH",
  "REFER",
  "REGISTER",
  "SUBSCRIBE",
  "UPDATE",
]);
