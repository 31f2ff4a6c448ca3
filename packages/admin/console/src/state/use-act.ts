/** Something a person does: once at a time, with what came of it. */
import { useState } from "preact/hooks";
import { ApiError } from "../api/api.ts";

export interface Act {
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  /** @returns whether it was done */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (thrown) {
      setError(ApiError.of(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}
