/** Writes docs/configuration.md and docs/ringfence.schema.json from the schema: `node test/docs/configuration.ts`. */
import { writeFileSync } from "node:fs";
import { configJsonSchema, configurationPage } from "@ringfence/policy";

const docs = new URL("../../docs/", import.meta.url);
writeFileSync(new URL("configuration.md", docs), configurationPage());
writeFileSync(new URL("ringfence.schema.json", docs), `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
