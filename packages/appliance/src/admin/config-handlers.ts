/** The configuration: shown, checked, changed, confirmed, gone back to. */
import { ApiError, type Generation as ShownGeneration, type ReloadReport as ShownReport } from "@ringfence/admin";
import { configJsonSchema } from "@ringfence/policy";
import { ConfigError, describeFailure } from "../failures.ts";
import type { Generation } from "../generations/history.ts";
import type { ReloadReport } from "../reload-ports.ts";
import type { Console, HandlersOf } from "./admin-parts.ts";
import { problemsOf, warningsOf } from "./config-problems.ts";
import { momentOf } from "./overview.ts";
import { readConfigText, writeConfigText } from "./write-config.ts";

type Names =
  | "config"
  | "configSchema"
  | "configCheck"
  | "configDiff"
  | "configWrite"
  | "configReload"
  | "configConfirm"
  | "configRollback"
  | "configHistory"
  | "configGeneration";

export function configHandlers({ desk, inForce, load, status, preview }: Console): HandlersOf<Names> {
  return {
    config() {
      const { config } = status();
      const onDisk = readConfigText(inForce().file.path);
      return {
        ...onDisk,
        file: config.file,
        inForce: onDisk.text === inForce().file.text,
        generation: config.generation,
        confirmUntil: momentOf(config.confirmUntil),
      };
    },
    configSchema: () => configJsonSchema(),
    async configCheck({ body }) {
      try {
        return { ok: true, problems: warningsOf(await load(body.text)) };
      } catch (error) {
        return { ok: false, problems: problemsOf(error) };
      }
    },
    async configDiff({ body }) {
      const { changes, warnings } = await preview(() => load(body.text));
      return { changes: [...changes], warnings: [...warnings], generation: status().config.generation };
    },
    async configWrite({ body: { text, digest, confirmMs } }, { name }) {
      const { path } = inForce().file;
      const before = readConfigText(path);
      if (before.digest !== digest) {
        const remedy = "Read it again, and put your changes into what stands there now.";
        throw new ApiError(409, "config-changed", "somebody else has changed the file meanwhile", remedy);
      }
      try {
        await load(text);
      } catch (error) {
        return refusedReport(error, status().config.generation);
      }
      writeConfigText(path, text);
      const { report } = await desk.reload({ command: "reload", by: name, confirmMs });
      if (report.outcome === "refused") writeConfigText(path, before.text);
      return reportOf(report);
    },
    async configReload({ body }, { name }) {
      return reportOf((await desk.reload({ command: "reload", by: name, ...body })).report);
    },
    configConfirm: async (_asked, { name }) => desk.confirm({ command: "confirm", by: name }),
    async configRollback({ body }, { name }) {
      return reportOf((await desk.rollback({ command: "rollback", by: name, ...body })).report);
    },
    async configHistory() {
      const { generations, inForce: now } = await desk.history({ command: "history" });
      return { items: generations.map(generationOf).reverse(), inForce: now };
    },
    async configGeneration({ params: { number } }) {
      const { text } = await desk.history({ command: "history", number });
      if (text !== null) return { number, text };
      throw new ApiError(404, "no-such-generation", `generation ${number} is not kept`, "See GET /config/history.");
    },
  };
}

function reportOf({ outcome, generation, lines, standing, warnings, at, confirmUntil }: ReloadReport): ShownReport {
  return {
    outcome,
    generation,
    lines: [...lines],
    standing: [...standing],
    warnings: [...warnings],
    at: Date.parse(at),
    confirmUntil: momentOf(confirmUntil),
  };
}

function refusedReport(error: unknown, generation: number): ShownReport {
  if (!(error instanceof ConfigError) && !(error instanceof Error && error.name === "RingfenceError")) throw error;
  const nothing = { standing: [], warnings: [], confirmUntil: null };
  return { outcome: "refused", generation, lines: [...describeFailure(error)], at: Date.now(), ...nothing };
}

function generationOf({ number, at, by, why, confirmed }: Generation): ShownGeneration {
  return { number, at: Date.parse(at), by, why, confirmed };
}
