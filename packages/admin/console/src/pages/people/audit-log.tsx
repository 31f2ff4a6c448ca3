/** What persons did, and whether the log of it is whole. */
import type { AuditEntry } from "../../../../src/api/alerts.ts";
import { Empty, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { usePages } from "../../state/use-pages.ts";
import { moment } from "../../text/time.ts";

export function AuditLog() {
  const { items, error, more, again } = usePages("/audit-log", { query: {} });
  const actions = (
    <button type="button" onClick={again}>
      Look again
    </button>
  );
  return (
    <Page
      title="Audit log"
      about="Everything a person asked for or did, here and at the command line, the newest first."
      actions={actions}
    >
      <Trouble error={error} again={again} />
      {items === undefined && error === undefined && <Waiting what="the audit log" />}
      {items?.length === 0 && <Empty title="Nobody did anything yet." />}
      {items !== undefined && items.length > 0 && (
        <Table caption="Acts of persons" columns={columns} rows={items} keyOf={({ id }) => id} more={more} />
      )}
    </Page>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  { name: "Time", form: "brief", cell: ({ at }) => moment(at) },
  { name: "Who", cell: ({ by, via }) => <Peer text={`${by}, ${via === "cli" ? "command line" : "console or API"}`} /> },
  { name: "Did", cell: ({ act }) => act },
  { name: "About", form: "wide", cell: ({ object }) => <Peer text={object} /> },
  {
    name: "Result",
    cell: ({ result, detail }) => (
      <>
        <State kind={result === "done" ? "good" : "bad"}>{result}</State>
        {detail !== "" && <Peer text={` ${detail}`} />}
      </>
    ),
  },
];
