/** Writes the tables of docs/hardening.md from the questions of the audit: `node test/docs/hardening.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { withTables } from "./hardening-page.ts";

const page = new URL("../../docs/hardening.md", import.meta.url);
writeFileSync(page, withTables(readFileSync(page, "utf8")));
