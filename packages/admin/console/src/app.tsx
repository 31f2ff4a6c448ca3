/** Before the door or behind it: what is shown follows from how far this browser is signed in. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { SessionState } from "../../src/api/session.ts";
import { Api, ApiError } from "./api/api.ts";
import { Door } from "./pages/door/door.tsx";
import { Notice, Trouble, Waiting } from "./parts/notice.tsx";
import { Shell } from "./shell/shell.tsx";

const signedOut: SessionState = { stage: "signed-out", canEnrol: false };

export function App() {
  const [session, setSession] = useState<SessionState>();
  const [error, setError] = useState<ApiError>();
  const [ended, setEnded] = useState(false);
  const api = useMemo(
    () =>
      new Api(() => {
        setEnded(true);
        setSession(signedOut);
      }),
    [],
  );
  const accept = useCallback(
    (state: SessionState) => {
      api.csrf = state.stage === "signed-out" ? "" : state.csrf;
      setEnded(false);
      setError(undefined);
      setSession(state);
    },
    [api],
  );
  const look = useCallback(() => {
    api.get("/session", {}).then(accept, (thrown: unknown) => setError(ApiError.of(thrown)));
  }, [api, accept]);
  /** The events have ended: because the session has, or because Ringfence has. */
  const onLost = useCallback(() => {
    api.get("/session", {}, { background: true }).then(
      (state) => {
        if (state.stage === "signed-in") return accept({ ...state });
        accept(state);
        setEnded(true);
      },
      (thrown: unknown) => setError(ApiError.of(thrown)),
    );
  }, [api, accept]);
  useEffect(look, [look]);

  if (session === undefined || (error !== undefined && session.stage !== "signed-in")) {
    return (
      <main class="alone">
        {error === undefined ? <Waiting what="your session" /> : <Trouble error={error} again={look} />}
      </main>
    );
  }
  if (session.stage === "signed-in") {
    const leave = async (): Promise<void> => {
      await api.send("DELETE", "/session", {});
      look();
    };
    return <Shell api={api} session={session} onLost={onLost} leave={leave} />;
  }
  return (
    <Door api={api} session={session} accept={accept}>
      {ended && <Notice kind="info" title="Your session has ended." />}
    </Door>
  );
}
