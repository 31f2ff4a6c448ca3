/** A list that is longer than one answer: page after page, as somebody asks for more. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/api.ts";
import { type Asked, addressOf, type ItemOf, type PagedPath } from "../api/questions.ts";
import { useDesk } from "./desk.ts";

interface Pages<P extends PagedPath> {
  /** Undefined until the first answer. */
  readonly items: readonly ItemOf<P>[] | undefined;
  readonly error: ApiError | undefined;
  /** Undefined: that is all of it. */
  readonly more: (() => void) | undefined;
  /** From the beginning. */
  readonly again: () => void;
}

interface Kept<P extends PagedPath> {
  readonly items?: readonly ItemOf<P>[];
  readonly next: string | null;
  readonly error?: ApiError;
}

const nothing = { next: null };

export function usePages<P extends PagedPath>(path: P, asked: Asked<"GET", P>): Pages<P> {
  const { api } = useDesk();
  const [kept, setKept] = useState<Kept<P>>(nothing);
  const address = addressOf(path, asked);

  const ask = useCallback(
    (after: string | undefined, before: readonly ItemOf<P>[], signal?: AbortSignal) => {
      const { query } = asked as { readonly query?: object };
      // Each route that answers in pages takes `after`.
      const page = { ...asked, query: { ...query, after } } as unknown as Asked<"GET", P>;
      api.get(path, page, signal === undefined ? {} : { signal }).then(
        (answer) => {
          const { items, next } = answer as { readonly items: readonly ItemOf<P>[]; readonly next: string | null };
          setKept({ items: [...before, ...items], next });
        },
        (thrown: unknown) => {
          if (signal?.aborted !== true) setKept((last) => ({ ...last, error: ApiError.of(thrown) }));
        },
      );
    },
    // The address holds everything of `path` and `asked`.
    [api, address],
  );

  const [round, setRound] = useState(0);
  // `round` is what `again` changes.
  useEffect(() => {
    const asking = new AbortController();
    setKept(nothing);
    ask(undefined, [], asking.signal);
    return () => asking.abort();
  }, [ask, round]);

  const { items, next, error } = kept;
  return {
    items,
    error,
    more: next === null ? undefined : () => ask(next, items ?? []),
    again: () => setRound((before) => before + 1),
  };
}
