import { chownSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { auditFile, noteOnDisk } from "./audit-trail.ts";

/** Any user but root: the service's has another number on each machine. */
const service = 65_534;

test.skipIf(process.getuid?.() !== 0)("a book that root begins belongs to whom the state belongs", () => {
  const dir = mkdtempSync(join(tmpdir(), "ringfence-audit-trail-"));
  chownSync(dir, service, service);
  noteOnDisk(dir, { act: "backup", object: "one.age", by: "root", via: "cli", result: "done", detail: "" });
  expect(statSync(auditFile(dir)).uid).toBe(service);
  rmSync(dir, { recursive: true });
});
