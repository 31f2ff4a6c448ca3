/** How the panels become what Grafana reads. */
import { rows } from "./dashboard-panels.ts";
import type { Panel } from "./dashboard-row.ts";

/** Of Grafana's 24 columns. */
const [width, height] = [8, 8];
const source = { type: "prometheus", uid: "$source" };

function panelsOf(): readonly object[] {
  let [id, y] = [0, 0];
  return rows.flatMap((row) => {
    const head = {
      id: ++id,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y: y++ },
      panels: [],
    };
    const panels = row.panels.map((panel, at) => {
      const place = { h: height, w: width, x: (at % 3) * width, y: y + Math.floor(at / 3) * height };
      return panelOf(panel, ++id, place);
    });
    y += Math.ceil(row.panels.length / 3) * height;
    return [head, ...panels];
  });
}

function panelOf({ title, unit, lines }: Panel, id: number, gridPos: object): object {
  const targets = Object.entries(lines).map(([expr, legendFormat], at) => {
    return { refId: String.fromCharCode(65 + at), datasource: source, expr, legendFormat };
  });
  const fieldConfig = {
    defaults: { unit, custom: { lineWidth: 1, fillOpacity: 5, showPoints: "never" } },
    overrides: [],
  };
  const options = { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } };
  return { id, type: "timeseries", title, datasource: source, gridPos, fieldConfig, options, targets };
}

export function dashboard(): object {
  const variables = [
    { name: "source", label: "Data source", type: "datasource", query: "prometheus" },
    {
      name: "instance",
      label: "Machine",
      type: "query",
      datasource: source,
      query: "label_values(ringfence_build_info, instance)",
      refresh: 2,
      includeAll: true,
      multi: true,
      allValue: ".*",
      current: { text: "All", value: "$__all" },
    },
  ];
  return {
    uid: "ringfence",
    title: "Ringfence",
    tags: ["ringfence", "sip"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: variables },
    panels: panelsOf(),
  };
}
