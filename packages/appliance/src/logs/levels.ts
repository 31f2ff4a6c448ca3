/** Which lines are written: a level for each area, as the configuration says, and for a while as somebody asked. */
import { type LogArea, type LogLevelName, type LogLevelSetting, logAreas } from "@ringfence/policy";
import { areaOf } from "./areas.ts";
import type { Later } from "./later.ts";
import type { LogLevel } from "./log-event.ts";

const ranks: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 };

export interface AreaLevel {
  readonly area: LogArea;
  readonly level: LogLevelName;
  /** Milliseconds since 1970: then it is again as the configuration says. Undefined: it is. */
  readonly until: number | undefined;
}

interface Change {
  readonly level: LogLevelName;
  readonly until: number;
  readonly callOff: () => void;
}

export class LogLevels {
  readonly #now: () => number;
  readonly #later: Later;
  /** At most one an area. */
  readonly #changes = new Map<LogArea, Change>();
  #setting: LogLevelSetting;
  #least: Readonly<Record<LogArea, number>>;

  constructor(setting: LogLevelSetting, now: () => number, later: Later) {
    this.#setting = setting;
    this.#now = now;
    this.#later = later;
    this.#least = this.#ranked();
  }

  writes(level: LogLevel, event: string): boolean {
    return ranks[level] >= this.#least[areaOf(event)];
  }

  /** A change that somebody asked for stays until its time is over: a reload of another person does not end it. */
  apply(setting: LogLevelSetting): void {
    this.#setting = setting;
    this.#least = this.#ranked();
  }

  /** @param forMs after which the area is as the configuration says then */
  change(areas: readonly LogArea[], level: LogLevelName, forMs: number): void {
    const until = this.#now() + forMs;
    for (const area of areas) {
      this.#changes.get(area)?.callOff();
      const callOff = this.#later(forMs, () => this.#goBack(area));
      this.#changes.set(area, { level, until, callOff });
    }
    this.#least = this.#ranked();
  }

  list(): readonly AreaLevel[] {
    return logAreas.map((area) => {
      const change = this.#changes.get(area);
      return { area, level: change?.level ?? levelIn(this.#setting, area), until: change?.until };
    });
  }

  #goBack(area: LogArea): void {
    this.#changes.delete(area);
    this.#least = this.#ranked();
  }

  #ranked(): Readonly<Record<LogArea, number>> {
    const entries = this.list().map(({ area, level }) => [area, ranks[level]] as const);
    return Object.fromEntries(entries) as Record<LogArea, number>;
  }
}

function levelIn(setting: LogLevelSetting, area: LogArea): LogLevelName {
  return typeof setting === "string" ? setting : (setting[area] ?? setting.default);
}
