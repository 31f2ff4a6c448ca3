/** The configuration file: its text, and what was in force before. */
import { Page } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { linkTo, usePlace } from "../../router.ts";
import { ConfigText } from "./config-text.tsx";
import { Generation } from "./generation.tsx";
import { Generations } from "./generations.tsx";

export function ConfigPage() {
  const [part, number] = usePlace().rest;
  const history = part === "history";
  const tabs = [
    [linkTo("config"), "The file", !history],
    [linkTo("config", ["history"]), "History", history],
  ] as const;
  return (
    <Page
      title="Configuration"
      about="One file says everything. A text that is wrong changes nothing, and calls go on in any case."
    >
      <Tabs label="Parts of the configuration" tabs={tabs} />
      {!history && <ConfigText />}
      {history && number === undefined && <Generations />}
      {history && number !== undefined && <Generation key={number} number={number} />}
    </Page>
  );
}
