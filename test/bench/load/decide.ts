/** What one decision costs, by what is called: microseconds. */
export type DecideCost = Readonly<Record<DecidedCall, number>>;

/** The calls that are decided, as the table names them. */
export const decidedCalls = [
  "an extension",
  "a number that the last rule allows",
  "a number that a prefix refuses",
  "a number that could be another",
  "an emergency call",
  "reading a number",
] as const;
export type DecidedCall = (typeof decidedCalls)[number];
