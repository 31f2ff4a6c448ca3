/** The last decisions, the newest first: those there are, and then what was decided since, in the background. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Decision } from "../../../src/api/defence.ts";
import { ApiError } from "../api/api.ts";
import { useDesk } from "./desk.ts";

const mostKept = 200;
const everyMs = 3_000;
const longestPage = 200;

interface Recent {
  readonly decisions: readonly Decision[] | undefined;
  readonly error: ApiError | undefined;
  readonly again: () => void;
}

export function useRecentDecisions(): Recent {
  const { api } = useDesk();
  const [decisions, setDecisions] = useState<readonly Decision[]>();
  const [error, setError] = useState<ApiError>();
  const [round, setRound] = useState(0);

  // `round` is what `again` changes.
  useEffect(() => {
    const asking = new AbortController();
    let after: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // The list begins with the oldest: page by page to its end, and then what comes.
    const read = async (): Promise<void> => {
      const query = { limit: longestPage, after };
      const { items, next } = await api.get("/decisions", { query }, { signal: asking.signal, background: true });
      after = next ?? after;
      setDecisions((before = []) => [...items.toReversed(), ...before].slice(0, mostKept));
      timer = setTimeout(turn, items.length === longestPage ? 0 : everyMs);
    };
    const turn = (): void => {
      read().catch((thrown: unknown) => {
        if (!asking.signal.aborted) setError(ApiError.of(thrown));
      });
    };
    setError(undefined);
    setDecisions(undefined);
    turn();
    return () => {
      asking.abort();
      clearTimeout(timer);
    };
  }, [api, round]);

  return { decisions, error, again: useCallback(() => setRound((before) => before + 1), []) };
}
