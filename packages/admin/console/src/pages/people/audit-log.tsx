/** What persons did, and whether the log of it is whole. */
import type { AuditEntry } from "../../../../src/api/alerts.ts";
import { Empty, Notice, Trouble, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { usePages } from "../../state/use-pages.ts";
import { moment } from "../../text/time.ts";

export function AuditLog() {
  const { items, answer, error, more, again } = usePages("/audit-log", { query: {} });
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
      {answer !== undefined && <Whole intact={answer.intact} />}
      {items === undefined && error === undefined && <Waiting what="the audit log" />}
      {items?.length === 0 && <Empty title="Nobody did anything yet." />}
      {items !== undefined && items.length > 0 && (
        <Table caption="Acts of persons" columns={columns} rows={items} keyOf={({ id }) => id} more={more} />
      )}
    </Page>
  );
}

function Whole({ intact }: { readonly intact: boolean }) {
  return intact ? (
    <p>
      <State kind="good">whole</State>{" "}
      <span class="quiet">Each entry holds a hash of the one before: none was changed or dropped.</span>
    </p>
  ) : (
    <Notice kind="bad" title="An entry was changed or dropped.">
      The chain of hashes does not hold. Compare with the copies that left this machine: syslog, files.
    </Notice>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  { name: "Time", cell: ({ at }) => moment(at) },
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
