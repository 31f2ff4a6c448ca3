/** Where one can go, who one is, and whether what is shown is of now. */
import { useLayoutEffect, useState } from "preact/hooks";
import { Brand } from "../parts/brand.tsx";
import { Choice } from "../parts/field.tsx";
import { State } from "../parts/state.tsx";
import { linkTo, usePlace } from "../router.ts";
import { mayAct, useDesk, useLiveState } from "../state/desk.ts";
import { chooseTheme, chosenTheme } from "../state/theme.ts";
import { count } from "../text/number.ts";
import { groups, type PageEntry } from "./pages.ts";

const themes = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

export function Menu({ leave }: { readonly leave: () => Promise<void> }) {
  const [open, setOpen] = useState(false);
  const { page } = usePlace();
  // On a phone it lies over the page, and is in the way once one has chosen. At once: who opens it on the new page has it open.
  useLayoutEffect(() => setOpen(false), [page]);
  return (
    <header class="side">
      <div class="side-head">
        <a class="brand" href="#/">
          <Brand />
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
      </div>
      <nav id="menu" class={open ? "menu open" : "menu"} aria-label="Pages">
        <Links page={page} />
        <Who leave={leave} />
      </nav>
    </header>
  );
}

function Links({ page }: { readonly page: string }) {
  const { session } = useDesk();
  return (
    <>
      {groups.map(({ words, pages }) => {
        const seen = pages.filter(({ role }) => mayAct(session.role, role));
        return seen.length === 0 ? null : (
          <div key={words}>
            <h2>{words}</h2>
            <ul>
              {seen.map((entry) => (
                <li key={entry.name}>
                  <a href={linkTo(entry.name)} aria-current={entry.name === page ? "page" : undefined}>
                    {entry.words}
                    <Count entry={entry} />
                  </a>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </>
  );
}

function Count({ entry }: { readonly entry: PageEntry }) {
  const { overview } = useDesk();
  if (entry.count === undefined || overview === undefined) return null;
  const value = entry.count(overview);
  return value === 0 ? null : <span class="count">{count(value)}</span>;
}

function Who({ leave }: { readonly leave: () => Promise<void> }) {
  const { session, overview } = useDesk();
  const live = useLiveState();
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <div class="who">
      <p>{live === "live" ? <State kind="good">Live</State> : <State kind="warn">Connecting again …</State>}</p>
      <p>
        {session.user}, {session.role}
        {session.mask !== "off" && <span class="quiet"> · {session.mask} are masked</span>}
      </p>
      <Choice
        label="Colours"
        value={theme}
        choices={themes}
        onValue={(choice) => {
          chooseTheme(choice);
          setTheme(choice);
        }}
      />
      <div class="buttons">
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </div>
      {overview !== undefined && <p class="quiet">Version {overview.version}</p>}
    </div>
  );
}
