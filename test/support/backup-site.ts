/** A site whose backups are made and restored: a configuration, a secret, state with a book of calls, and a key. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecordFile, openSqliteStore } from "@ringfence/store";
import { type KeyOfBackups, keyFileText, newKey } from "../../packages/appliance/src/backup/new-key.ts";
import { runCli } from "../../packages/appliance/src/cli.ts";
import { readEnvironment } from "../../packages/appliance/src/environment.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class BackupSite {
  readonly dir = mkdtempSync(join(tmpdir(), "ringfence-backup-"));
  readonly config = this.path("sbc.yaml");
  readonly keyFile = this.path("ringfence.key");
  readonly key: string;
  readonly publicKey: string;

  private constructor(keys: KeyOfBackups) {
    this.key = keys.secret;
    this.publicKey = keys.recipient;
    mkdirSync(this.path("state", "history"), { recursive: true });
    mkdirSync(this.path("secrets"));
    writeFileSync(this.path("secrets", "a"), "wvT7-qL2x-Kd93bQ", { mode: 0o640 });
    writeFileSync(this.keyFile, keyFileText(keys, 0), { mode: 0o600 });
    this.write();
    const store = openSqliteStore(this.path("state", "state.db"), 0);
    store.write([{ payer: "account 1001", record: { minutes: 7 } }]);
    store.close();
    this.addCall("c1");
  }

  static async make(): Promise<BackupSite> {
    return new BackupSite(await newKey());
  }

  path(...names: readonly string[]): string {
    return join(this.dir, ...names);
  }

  /** @param more of the section `backup` */
  write(more = "", section = `backup: { to: backups, keep: 2, encrypt_to: [${this.publicKey}]${more} }`): void {
    const text = `pbx: { address: 10.0.0.5 }
phones: { domains: [pbx.example.com] }
trunks:
  - name: a
    mode: register
    hosts: [{ uri: "sip:a.example" }]
    from: [192.0.2.1]
    credentials: { user: u, password: { file: secrets/a, previous: { env: OLD_A, until: 2030-01-01 } } }
state: { dir: state }
logs: { files: { path: state/logs } }
${section}
`;
    writeFileSync(this.config, text, { mode: 0o640 });
  }

  addCall(call: string): void {
    const book = openRecordFile(this.path("state", "records.db"));
    book.append([{ kind: "call", at: 1, facts: { call }, person: { to: "+4930123456" } }]);
    book.close();
  }

  /** One command line, to its end. */
  async say(...args: readonly string[]): Promise<Said> {
    let [out, err] = ["", ""];
    const more = (text: string): void => {
      err += `${text}\n`;
    };
    const print = (text: string): void => {
      out += `${text}\n`;
    };
    const tinted = (_: unknown, text: string): string => text;
    const terminal = { out: print, err: more, bold: (text: string) => text, tinted, problem: more, warning: more };
    const environment = readEnvironment({ RUNTIME_DIRECTORY: this.path("run"), OLD_A: "kP9-vv2Lw-Zq81a" });
    const code = await runCli(args, { environment, terminal });
    return { code, out, err };
  }

  end(): void {
    rmSync(this.dir, { recursive: true });
  }
}
