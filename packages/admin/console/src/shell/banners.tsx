/** What concerns every page: a configuration that waits for a confirmation, rules in shadow, the end of service. */
import { Confirm } from "../parts/confirm.tsx";
import { Notice, Trouble } from "../parts/notice.tsx";
import { linkTo } from "../router.ts";
import { useDesk, useLiveState, useMay } from "../state/desk.ts";
import { useAct } from "../state/use-act.ts";
import { useNow } from "../state/use-now.ts";
import { countdown } from "../text/time.ts";

export function Banners() {
  const { overview, session } = useDesk();
  const live = useLiveState();
  return (
    <>
      {overview !== undefined && overview.config.confirmUntil !== null && (
        <Unconfirmed generation={overview.config.generation} until={overview.config.confirmUntil} />
      )}
      {overview?.draining === true && (
        <Notice kind="warn" title="Draining: no new calls are taken, and it ends when the last one has.">
          Emergency calls still pass.
        </Notice>
      )}
      {live === "ended" && (
        <Notice
          kind="bad"
          title="What you see is no longer of now."
          actions={
            <button type="button" onClick={() => location.reload()}>
              Load again
            </button>
          }
        >
          Ringfence no longer sends what happens.
        </Notice>
      )}
      {session.recoveryCodes < 3 && (
        <Notice kind="info" title={`You have ${session.recoveryCodes} recovery codes left.`}>
          An administrator can reset your second factor; new codes come with it.
        </Notice>
      )}
    </>
  );
}

function Unconfirmed({ generation, until }: { readonly generation: number; readonly until: number }) {
  const { api } = useDesk();
  const now = useNow();
  const act = useAct();
  const mayConfirm = useMay("admin");
  const actions = mayConfirm && (
    <div class="buttons">
      <button
        type="button"
        class="primary"
        disabled={act.busy}
        onClick={() => act.run(() => api.send("POST", "/config/confirm", {}))}
      >
        Keep it
      </button>
      <Confirm
        label="Go back now"
        title="Go back to what served before?"
        work={() => api.send("POST", "/config/rollback", { body: {} })}
      >
        <p>The generation before serves again; the file stays as it is. Calls go on.</p>
      </Confirm>
    </div>
  );
  return (
    <>
      <Notice
        kind="warn"
        title={`Generation ${generation} goes back by itself in ${countdown(until - now)}.`}
        actions={actions}
      >
        It was put in force <a href={linkTo("config")}>on trial</a>: keep it if phones and trunks still work.
      </Notice>
      <Trouble error={act.error} />
    </>
  );
}
