/** What the gate costs, by what comes: microseconds. */
export type GateCost = Readonly<Record<GateCase, number>>;

/** As the table names them. */
export const gateCases = [
  "TypeScript, admitted",
  "TypeScript, refused: over its rate",
  "TypeScript, refused: a source never seen, strangers' budget spent",
  "C++ called from JavaScript, admitted",
  "C++ called from JavaScript, refused: over its rate",
  "C++ called from JavaScript, refused: a source never seen, strangers' budget spent",
] as const;
export type GateCase = (typeof gateCases)[number];
