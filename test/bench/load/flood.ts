/** A flood from one source, made in a process of its own. */
import type { Place } from "./phones.ts";

export interface FloodOrder {
  readonly from: string;
  readonly to: Place;
  readonly datagrams: number;
  readonly perSecond: number;
  readonly text: string;
}
