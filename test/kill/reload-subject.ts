/** Reloads of one that serves: killed in the middle, it starts again with what it knew, and with a configuration that somebody wrote. */
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { openRecordFile } from "@ringfence/store";
import type { BackupSite } from "../support/backup-site.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { chainOf } from "./backup-subject.ts";
import type { KillSubject } from "./kill-rounds.ts";
import { type RunningCommand, run } from "./process-of-site.ts";

const corePort = await freePort();

/** Bans, counters and books survive; so does what was suspended. */
export async function reloadSubject(site: BackupSite): Promise<KillSubject & { end(): Promise<void> }> {
  const write = (calls: number): void => writeFileSync(site.config, servingConfig(calls));
  write(100);
  const banned: string[] = [];
  let serving = await start(site);
  await asked(site, "suspend", "1001");
  mustBeOnDisk(site, "uses", "payer", "suspended 1001");
  return {
    async begin(round) {
      const address = `198.51.${Math.floor(round / 250)}.${(round % 250) + 1}`;
      await asked(site, "ban", address, "7d");
      banned.push(address);
      mustBeOnDisk(site, "bans", "banned", `%${address}`);
      write(101 + round);
      const { pid, kill } = serving;
      const begins = serving.output().length;
      process.kill(pid, "SIGHUP");
      const reloaded = eventually("the reload", () =>
        serving.output().includes('"event":"reload"', begins) ? true : undefined,
      );
      // Killed before it could say so.
      return { kill, ended: Promise.race([reloaded.catch(() => undefined), serving.ended]) };
    },
    async mend(round) {
      await serving.kill();
      serving = await start(site);
      const status = JSON.parse(await asked(site, "status", "--json")) as { suspended: readonly { account: string }[] };
      const bans = await asked(site, "bans");
      const lost = banned.filter((address) => !bans.includes(address));
      if (lost.length > 0) throw new Error(`bans were lost: ${lost.join(", ")}`);
      if (JSON.stringify(status.suspended).includes("1001") !== true)
        throw new Error("who was suspended may call again");
      const difference = await asked(site, "diff");
      if (!difference.includes("no difference"))
        throw new Error(`it does not serve what was written in round ${round}: ${difference}`);
      chainOf(site);
      auditOf(site);
    },
    end: () => serving.kill(),
  };
}

async function start(site: BackupSite): Promise<RunningCommand> {
  const begun = run(site, "start", "--config", site.config);
  let over = false;
  void begun.ended.then(() => {
    over = true;
  });
  const ready = (): true | undefined => {
    if (over) throw new Error(begun.output().slice(-800));
    return begun.output().includes('"event":"ready"') || undefined;
  };
  await eventually("it to serve", ready, 120_000);
  return begun;
}

/** Asked again while a busy machine gives no answer in time. */
function asked(site: BackupSite, ...args: readonly string[]): Promise<string> {
  return eventually(`an answer to ${args.join(" ")}`, async () => {
    const { code, out, err } = await site.say(...args, "--config", site.config);
    if (code === 0) return out === "" ? "done" : out;
    if (err.includes("no answer")) return undefined;
    throw new Error(`${args.join(" ")}: ${err}`);
  });
}

/** Whoever was told that it is so may pull the plug. @throws Error when it is not written yet */
function mustBeOnDisk(site: BackupSite, table: string, key: string, pattern: string): void {
  const database = new DatabaseSync(site.path("state", "state.db"), { readOnly: true });
  try {
    const found = database.prepare(`SELECT 1 FROM ${table} WHERE ${key} LIKE ?`).get(pattern);
    if (found === undefined) throw new Error(`${pattern} was promised and is not on the disk`);
  } finally {
    database.close();
  }
}

/** @throws Error when something of the audit was changed or dropped */
function auditOf(site: BackupSite): void {
  const book = openRecordFile(site.path("state", "audit.db"));
  const { faults } = book.verify();
  book.close();
  if (faults.length > 0) throw new Error(`the audit is broken: ${JSON.stringify(faults[0])}`);
}

const servingConfig = (calls: number): string => `pbx: { address: "127.0.0.1:5160" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: udp, address: 127.0.0.1, port: 0 }]
core: { phones_from: "127.0.0.1:${corePort}", trunks_from: "127.0.0.2:5080" }
policy: { limits: { calls: ${calls} } }
media: { ports: 30000-30999 }
metrics: { listen: "127.0.0.1:0" }
defence: { kernel: { nftables: off } }
state: { dir: state }
`;
