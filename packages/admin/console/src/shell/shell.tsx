/** The menu, the page, and what every page shows above itself. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Overview } from "../../../src/api/overview.ts";
import type { Api } from "../api/api.ts";
import { Live } from "../api/live.ts";
import { Empty } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { usePlace } from "../router.ts";
import { DeskContext, mayAct, type SignedIn } from "../state/desk.ts";
import { Banners } from "./banners.tsx";
import { Menu } from "./menu.tsx";
import { groups } from "./pages.ts";

interface Properties {
  readonly api: Api;
  readonly session: SignedIn;
  /** The events have ended for good. */
  readonly onLost: () => void;
  readonly leave: () => Promise<void>;
}

export function Shell({ api, session, onLost, leave }: Properties) {
  const [overview, setOverview] = useState<Overview>();
  // A new session has events of its own.
  const live = useMemo(() => new Live(onLost), [session, onLost]);
  useEffect(() => {
    const off = live.on("tick", setOverview);
    api.get("/overview", {}, { background: true }).then(setOverview, () => undefined);
    return () => {
      off();
      live.close();
    };
  }, [api, live]);
  const desk = useMemo(() => ({ api, live, session, overview }), [api, live, session, overview]);
  return (
    <DeskContext.Provider value={desk}>
      <button type="button" class="skip" onClick={() => document.querySelector("h1")?.focus()}>
        To the page
      </button>
      <div class="shell">
        <Menu leave={leave} />
        <main class="main">
          <Banners />
          <PageHere session={session} />
        </main>
      </div>
    </DeskContext.Provider>
  );
}

function PageHere({ session }: { readonly session: SignedIn }) {
  const { page } = usePlace();
  const entry = groups.flatMap(({ pages }) => pages).find(({ name }) => name === page);
  if (entry !== undefined && mayAct(session.role, entry.role)) return <entry.page />;
  return (
    <Page title="Nothing here">
      <Empty title={entry === undefined ? "There is no such page." : `This page is for the role ${entry.role}.`}>
        <a href="#/">Go to the overview</a>
      </Empty>
    </Page>
  );
}
