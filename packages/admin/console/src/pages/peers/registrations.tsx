/** Who is registered: from where, on which flow, with which device, and how far it is trusted. */
import { useState } from "preact/hooks";
import type { Registration } from "../../../../src/api/peers.ts";
import { Field } from "../../parts/field.tsx";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { usePages } from "../../state/use-pages.ts";
import { moment, until } from "../../text/time.ts";

export function Registrations() {
  const [search, setSearch] = useState("");
  const { items, error, more, again } = usePages("/registrations", { query: { search } });
  const actions = (
    <button type="button" onClick={again}>
      Look again
    </button>
  );
  return (
    <Page title="Registrations" about="Phones that calls reach, by account." actions={actions}>
      <search>
        <Field label="Find" value={search} onValue={setSearch} placeholder="Account, address or device" />
      </search>
      <Trouble error={error} again={again} />
      {items === undefined && error === undefined && <Waiting what="the registrations" />}
      {items?.length === 0 && search === "" && (
        <Empty title="No phone is registered.">
          Give a phone this machine as its outbound proxy. What is refused is said on the overview, with the reason.
        </Empty>
      )}
      {items?.length === 0 && search !== "" && <Empty title="No registration fits." />}
      {items !== undefined && items.length > 0 && (
        <Table
          caption="Registrations"
          columns={columns}
          rows={items}
          keyOf={({ account, domain, flow }) => `${account}@${domain} ${flow}`}
          more={more}
        />
      )}
    </Page>
  );
}

/** Of `access:udp:203.0.113.1:5060|192.0.2.10|40000`: our own end, which the source does not say. */
function socketOf(flow: string): string {
  const [place = ""] = flow.split(":").slice(2).join(":").split(/[|>#]/);
  return place === "" ? flow : `at ${place}`;
}

const columns: readonly Column<Registration>[] = [
  {
    name: "Account",
    cell: ({ account, domain }) => (
      <>
        <Peer text={account} />
        <span class="quiet">@{domain}</span>
      </>
    ),
  },
  { name: "Device", form: "wide", cell: ({ device }) => <Peer text={device} /> },
  {
    name: "Flow",
    form: "place",
    cell: ({ source, transport, flow, otherFlows }) => (
      <>
        <span class="code">{source}</span>{" "}
        <span class="quiet" title={flow}>
          {transport} {socketOf(flow)}
          {otherFlows > 0 && `, and ${otherFlows} older`}
        </span>
      </>
    ),
  },
  {
    name: "Trust",
    cell: ({ trust }) => <State kind={trust === "proven" ? "good" : "quiet"}>{trust}</State>,
  },
  { name: "Since", form: "brief", cell: ({ since }) => (since === null ? "before the start" : moment(since)) },
  { name: "Ends", form: "brief", cell: ({ expires }) => until(expires) },
];
