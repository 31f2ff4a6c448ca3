/** Accounts against their limits: who may not call, who is near, and letting somebody call again. */
import { useState } from "preact/hooks";
import type { Account } from "../../../../src/api/accounts.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Field } from "../../parts/field.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page, Section } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { useDesk, useMay } from "../../state/desk.ts";
import { usePages } from "../../state/use-pages.ts";
import { moment } from "../../text/time.ts";
import { Use } from "./use.tsx";

export function Fraud() {
  const [search, setSearch] = useState("");
  const { items, error, more, again } = usePages("/accounts", { query: { search } });
  const mayAct = useMay("operator");
  const act: Column<Account> = {
    name: "Act",
    form: "act",
    cell: ({ name, suspended }) =>
      suspended === null ? <Suspend name={name} onDone={again} /> : <Resume name={name} onDone={again} />,
  };
  const suspended = items?.filter((account) => account.suspended !== null) ?? [];
  const others = items?.filter((account) => account.suspended === null) ?? [];
  const actions = (
    <button type="button" onClick={again}>
      Look again
    </button>
  );
  return (
    <Page
      title="Fraud"
      about="What accounts have used of what they may. Emergency calls always pass."
      actions={actions}
    >
      <search>
        <Field label="Find" value={search} onValue={setSearch} placeholder="Account" />
      </search>
      <Trouble error={error} again={again} />
      {items === undefined && error === undefined && <Waiting what="the accounts" />}
      {suspended.length > 0 && (
        <Section title="May not call">
          <Table
            caption="Suspended accounts"
            columns={[name, why, ...figures, ...(mayAct ? [act] : [])]}
            rows={suspended}
            keyOf={nameOf}
          />
        </Section>
      )}
      {items !== undefined && (
        <Section title="Nearest to their limits">
          {others.length === 0 ? (
            <Empty title={search === "" ? "No account has used anything yet." : "No account fits."}>
              Limits stand under <code>policy.accounts</code> in the <a href={linkTo("config")}>configuration</a>.
            </Empty>
          ) : (
            <Table
              caption="Accounts"
              columns={[name, ...figures, ...(mayAct ? [act] : [])]}
              rows={others}
              keyOf={nameOf}
              more={more}
            />
          )}
        </Section>
      )}
    </Page>
  );
}

const nameOf = ({ name: account }: Account): string => account;

const name: Column<Account> = { name: "Account", cell: (account) => <Peer text={account.name} /> };

const why: Column<Account> = {
  name: "Why",
  form: "wide",
  cell: ({ suspended }) =>
    suspended !== null && (
      <>
        <State kind="bad">{suspended.reason}</State> since {moment(suspended.since)}
        {suspended.until === null ? ", until somebody lifts it" : `, until ${moment(suspended.until)}`}
      </>
    ),
};

const figures: readonly Column<Account>[] = [
  { name: "Calls now", cell: ({ calls }) => <Use figure={calls} /> },
  { name: "Within the hour", cell: ({ callsThisHour }) => <Use figure={callsThisHour} /> },
  { name: "Minutes today", cell: ({ minutesToday }) => <Use figure={minutesToday} /> },
  {
    name: "Spent today",
    cell: ({ spentToday, currency }) => <Use figure={spentToday} digits={2} unit={currency ?? ""} />,
  },
];

interface ActProperties {
  readonly name: string;
  readonly onDone: () => void;
}

function Suspend({ name: account, onDone }: ActProperties) {
  const { api } = useDesk();
  return (
    <Confirm
      label="Suspend"
      about={account}
      title={`Let ${account} call no more?`}
      danger
      work={() => api.send("POST", "/accounts/:name/suspend", { params: { name: account }, body: {} })}
      onDone={onDone}
    >
      <p>
        Its calls end now, and it begins none until somebody lifts this. Emergency calls still pass, and it can be
        called.
      </p>
    </Confirm>
  );
}

function Resume({ name: account, onDone }: ActProperties) {
  const { api } = useDesk();
  return (
    <Confirm
      label="Lift"
      about={`the suspension of ${account}`}
      title={`Let ${account} call again?`}
      work={() => api.send("POST", "/accounts/:name/resume", { params: { name: account } })}
      onDone={onDone}
    >
      <p>If its password was stolen, change the password first: the thief has not forgotten it.</p>
    </Confirm>
  );
}
