import { type PathStep, readYaml } from "./yaml-document.ts";

/** Line of a key, from 1; undefined where the file does not say it. */
export type KeyLines = (path: readonly PathStep[]) => number | undefined;

/** Where keys of a file stand. */
export function keyLines(text: string): KeyLines {
  const file = readYaml(text);
  return (path) => {
    let value = file.value;
    for (const step of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Readonly<Record<PathStep, unknown>>)[step];
    }
    return file.locate(path, "value").line;
  };
}
