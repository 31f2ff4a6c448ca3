/** A weakness, and the question of the audit that finds it. */
import type { GoodSite } from "./good-site.ts";

export type Plant = (site: GoodSite) => void | Promise<void>;

export interface Planted {
  /** Of the question. */
  readonly id: string;
  readonly plant: Plant;
  /** What is found with it, because it is so too. */
  readonly implies?: readonly string[];
}
