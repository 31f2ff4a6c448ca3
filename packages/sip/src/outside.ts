/** Monotonic milliseconds, given from outside: the protocol core has no clock of its own. */
export type Millis = number;

/** Dice, given from outside: returns that many unpredictable octets. */
export type Random = (bytes: number) => Uint8Array;
