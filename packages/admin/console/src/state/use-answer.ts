/** What the API says to a question, kept fresh. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/api.ts";
import type { LiveKind } from "../api/live.ts";
import { type AnswerTo, type Asked, addressOf, type PathOf } from "../api/questions.ts";
import { useDesk } from "./desk.ts";

interface Freshness {
  /** Asked again after so long; not at all without it. */
  readonly everyMs?: number;
  /** Asked again when one of these happened, at most once a second. */
  readonly on?: LiveKind;
}

export interface Answer<T> {
  readonly value: T | undefined;
  /** Why the last question was refused; the value of before stays. */
  readonly error: ApiError | undefined;
  readonly again: () => void;
}

interface Kept<T> {
  readonly address: string;
  readonly value?: T;
  readonly error?: ApiError;
}

const restMs = 1_000;

export function useAnswer<P extends PathOf<"GET">>(
  path: P,
  asked: Asked<"GET", P>,
  { everyMs, on }: Freshness = {},
): Answer<AnswerTo<"GET", P>> {
  const { api } = useDesk();
  const address = addressOf(path, asked);
  const [kept, setKept] = useState<Kept<AnswerTo<"GET", P>>>({ address });
  const asking = useRef<AbortController>(undefined);

  const ask = useCallback(
    (background: boolean) => {
      // An answer that takes its time is waited for: asking anew each time would never hear one.
      if (background && asking.current !== undefined) return;
      asking.current?.abort();
      const mine = new AbortController();
      asking.current = mine;
      const { signal } = mine;
      const keep = (next: (before: Kept<AnswerTo<"GET", P>>) => Kept<AnswerTo<"GET", P>>): void => {
        if (asking.current !== mine) return;
        asking.current = undefined;
        setKept(next);
      };
      api.get(path, asked, { signal, background }).then(
        (value) => keep(() => ({ address, value })),
        (thrown: unknown) => {
          const error = ApiError.of(thrown);
          keep((before) => (before.address === address ? { ...before, error } : { address, error }));
        },
      );
    },
    // The address holds everything of `path` and `asked`.
    [api, address],
  );

  useEffect(() => {
    ask(false);
    return () => {
      asking.current?.abort();
      asking.current = undefined;
    };
  }, [ask]);
  useRepeated(ask, everyMs, on);

  const { value, error } = kept.address === address ? kept : {};
  return { value, error, again: () => ask(false) };
}

/** In the background: by the clock where somebody sees the page, and after what happened. */
function useRepeated(ask: (background: boolean) => void, everyMs: number | undefined, on: LiveKind | undefined): void {
  const { live } = useDesk();
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === "visible" && ask(true), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, ask]);
  useEffect(() => {
    if (on === undefined) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const off = live.on(on, () => {
      rest ??= setTimeout(() => {
        rest = undefined;
        ask(true);
      }, restMs);
    });
    return () => {
      off();
      clearTimeout(rest);
    };
  }, [live, on, ask]);
}
