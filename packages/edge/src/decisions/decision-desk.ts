/** What can be asked about decisions from outside. */
import type { Load } from "@ringfence/policy";
import type { LoadOf } from "../load.ts";
import type { DecisionBook } from "./decision-book.ts";

export interface DecisionDesk extends Pick<DecisionBook, "find" | "page"> {
  /** What is in use now, as a new call of that caller would be judged by. */
  load(of: LoadOf): Load;
}
