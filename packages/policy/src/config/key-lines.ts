import { type PathStep, readYaml } from "./yaml-document.ts";

/** Where keys of a file stand, as rules name them: `policy.destinations[3]`; `trunks[].from` is where the trunks begin. */
export function keyLines(text: string): (key: string) => number | undefined {
  const file = readYaml(text);
  return (key) => {
    const path = stepsOf(key);
    let value = file.value;
    for (const step of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Readonly<Record<PathStep, unknown>>)[step];
    }
    return file.locate(path, "value").line;
  };
}

function stepsOf(key: string): readonly PathStep[] {
  const [named = ""] = key.split("[]");
  return named.split(".").flatMap((part): readonly PathStep[] => {
    const bracket = part.indexOf("[");
    return bracket < 0 ? [part] : [part.slice(0, bracket), Number(part.slice(bracket + 1, -1))];
  });
}
