/** Writes deploy/grafana/ringfence.json from the list of panels: `node test/docs/dashboard.ts`. */
import { writeFileSync } from "node:fs";
import { dashboard } from "./dashboard-json.ts";

const place = new URL("../../deploy/grafana/ringfence.json", import.meta.url);
writeFileSync(place, `${JSON.stringify(dashboard(), undefined, 2)}\n`);
