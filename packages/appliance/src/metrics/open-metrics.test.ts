import { expect, test } from "vitest";
import { openMetricsType } from "./open-metrics.ts";
import { createMetrics } from "./registry.ts";

const asked =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5";

function refused() {
  const metrics = createMetrics({ process: true });
  for (const decision of ["77a0840934ae", "0123456789ab"]) {
    metrics.count("refused", { side: "phone", reason: "not-registered", decision });
  }
  return metrics;
}

test("who asks for OpenMetrics sees the decision that was counted last with each reason; every line is of that format", async () => {
  const { type, body } = await refused().page([{ name: "media_packets", value: 5 }], asked);
  expect(type).toBe(openMetricsType);
  const series = 'ringfence_refused_total{side="phone",reason="not-registered"} 2';
  expect(body).toMatch(
    new RegExp(`^${series.replace("{", "\\{")} # \\{decision="0123456789ab"\\} 1 \\d+\\.\\d{3}$`, "m"),
  );
  expect(body).toContain("# TYPE ringfence_refused counter\n");
  expect(body).toContain("ringfence_media_packets_total 5\n");
  expect(body.endsWith("\n# EOF\n")).toBe(true);
  const [, ...names] = [...body.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name = ""]) => name);
  for (const name of names) expect(body).not.toMatch(new RegExp(`^${name}(\\{.*\\})? `, "m"));
  expect(body).not.toContain("\n\n");
});

test("everybody else gets the plain text, before and after: no exemplar, names as they were", async () => {
  const metrics = refused();
  const before = await metrics.page([], undefined);
  await metrics.page([], asked);
  const after = await metrics.page([], "text/plain;version=0.0.4");
  for (const { type, body } of [before, after]) {
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(body).toContain("# TYPE ringfence_refused_total counter\n");
    expect(body).toContain('\nringfence_refused_total{side="phone",reason="not-registered"} 2\n');
    expect(body).not.toContain("decision=");
  }
});
