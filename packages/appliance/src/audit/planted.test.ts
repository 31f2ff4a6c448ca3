/** Each weakness alone, in a machine that has no other: it is found where it lies, by the code that looks at real machines. */
import { join } from "node:path";
import { auditPoints, findingsOf, type Grade, grade } from "@ringfence/grade";
import { afterEach, describe, expect, test } from "vitest";
import { configPath, GoodSite } from "../../../../test/support/good-site.ts";
import { plantedInFile } from "../../../../test/support/planted-in-file.ts";
import { plantedOnMachine } from "../../../../test/support/planted-on-machine.ts";
import { readEnvironment } from "../environment.ts";
import { loadEverything } from "../loading.ts";
import { version } from "../version.ts";
import { gatherFacts } from "./gather.ts";
import { viewOf } from "./machine-view.ts";

const sites: GoodSite[] = [];
afterEach(() => {
  for (const site of sites.splice(0)) site.remove();
});

async function newSite(): Promise<GoodSite> {
  const site = await GoodSite.make();
  sites.push(site);
  return site;
}

async function audited(site: GoodSite): Promise<Grade> {
  const { root, known, interfaces } = site;
  const own = async () => ({ cert: "", key: "" });
  const loaded = await loadEverything(join(root, configPath), readEnvironment({}), own);
  const status = { ...site.status, version: site.status.version || version };
  const host = {
    stateDir: join(root, "/var/lib/ringfence"),
    running: { status, known },
    programs: ["/usr/lib/ringfence"],
    view: { ...viewOf(root), interfaces: () => interfaces },
  };
  return grade(auditPoints, gatherFacts({ loaded, host, node: site.node }, site.now));
}

const idsOf = (graded: Grade): readonly string[] => findingsOf(graded).map(({ id }) => id);

test("a good machine with a good configuration: nothing is found, everything was looked at, 100 of 100", async () => {
  const graded = await audited(await newSite());
  expect(findingsOf(graded)).toEqual([]);
  expect(graded.score).toBe(100);
  expect(graded.points.flatMap(({ unseen }) => unseen)).toEqual(unasked);
});

/** The PBX is elsewhere, and no program has a key. */
const unasked = ["firewall-pbx-exposed", "sign-in-programs"];

const planted = [...plantedInFile, ...plantedOnMachine];

describe("planted alone", () => {
  test.each(planted)("$id is found, and nothing else is", async ({ id, plant, implies = [] }) => {
    const site = await newSite();
    await plant(site);
    expect(idsOf(await audited(site)).toSorted()).toEqual([id, ...implies].toSorted());
  });

  test("every question that can be asked has a weakness planted for it, and there are more than forty", () => {
    const ids = auditPoints.flatMap(({ checks }) => checks.map(({ id }) => id));
    const withCompany = ["firewall-pbx-exposed", "encryption-no-tls", "limits-country", "reach-admin-tls"];
    const found = new Set([...planted.map(({ id }) => id), ...withCompany]);
    expect([...found].toSorted()).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    expect(planted.length).toBeGreaterThan(40);
  });
});
