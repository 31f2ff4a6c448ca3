/** Who is not heard and why, what was decided, and what rules that are only looked at would have done. */
import { Page } from "../../parts/page.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { linkTo, usePlace } from "../../router.ts";
import { Bans } from "./bans.tsx";
import { Decisions } from "./decisions.tsx";
import { Shadow } from "./shadow.tsx";

const parts = { bans: Bans, decisions: Decisions, shadow: Shadow };
const words = { bans: "Bans", decisions: "Decisions", shadow: "Shadow" } as const;
type Part = keyof typeof parts;

export function Defence() {
  const [asked] = usePlace().rest;
  const part = Object.hasOwn(parts, asked ?? "") ? (asked as Part) : "bans";
  const Shown = parts[part];
  return (
    <Page
      title="Defence"
      about="Strangers who guess, scan or flood are not heard for a while; whoever registered before goes on."
    >
      <Tabs
        label="Parts of the defence"
        tabs={(Object.keys(parts) as Part[]).map((name) => [linkTo("defence", [name]), words[name], name === part])}
      />
      <Shown />
    </Page>
  );
}
