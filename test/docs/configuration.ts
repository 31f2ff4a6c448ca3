/** Writes docs/configuration.md from the schema: `node test/docs/configuration.ts`. */
import { writeFileSync } from "node:fs";
import { configurationPage } from "@ringfence/policy";

writeFileSync(new URL("../../docs/configuration.md", import.meta.url), configurationPage());
