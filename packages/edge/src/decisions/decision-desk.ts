/** What can be asked about decisions from outside. */
import type { Load } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import { type LoadOf, loadOf } from "../load.ts";
import type { EdgeState } from "../state.ts";
import type { DecisionBook } from "./decision-book.ts";

export interface DecisionDesk extends Pick<DecisionBook, "find" | "page" | "latest" | "last"> {
  /** What is in use now, as a new call of that caller would be judged by. */
  load(of: LoadOf): Load;
}

export function decisionDesk(state: EdgeState, now: () => Millis): DecisionDesk {
  const { decisions } = state;
  return {
    find: (id) => decisions.find(id),
    page: (after, most) => decisions.page(after, most),
    latest: (most) => decisions.latest(most),
    get last() {
      return decisions.last;
    },
    load: (of) => loadOf(state, now(), of, "call"),
  };
}
