/** The repository's own sources, read once for the rules in this folder. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Source {
  /** From the root, with slashes: packages/sip/src/index.ts. */
  readonly path: string;
  readonly text: string;
  /** What it imports, static and dynamic, as written. */
  readonly imports: readonly string[];
  /** Those of them that are loaded when the program runs: not the type-only ones, not the dynamic ones. */
  readonly loads: readonly string[];
}

export const packageNames: readonly string[] = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Every TypeScript file of the folder, tests included. */
export function sourcesIn(folder: string): readonly Source[] {
  return filesIn(join(root, folder))
    .filter((file) => file.endsWith(".ts") || file.endsWith(".tsx"))
    .map((file) => {
      const text = readFileSync(file, "utf8");
      return { path: relative(root, file), text, imports: importsOf(text, all), loads: importsOf(text, loaded) };
    });
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

export const isTest = (source: Source): boolean => source.path.endsWith(".test.ts");

/** The file a relative import means, from the root; undefined for packages and built-in modules. */
export function target(source: Source, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return relative(root, resolve(root, dirname(source.path), specifier));
}

// These are our own files, formatted by our own tools, so patterns are enough to read them.
const loaded = [/^(?:import|export)\s+(?!type\b)[^;]*?\bfrom\s+"([^"]+)"/gm, /^import\s+"([^"]+)"/gm];
const all = [/\bfrom\s+"([^"]+)"/g, /\bimport\s+"([^"]+)"/g, /\bimport\(\s*"([^"]+)"\s*\)/g];

function importsOf(text: string, patterns: readonly RegExp[]): readonly string[] {
  const code = withoutComments(text);
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** Comments blanked, line numbers kept. Strings that hold comment signs would be cut too: harmless for these rules. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|[^:"'`])\/\/[^\n]*/g, "$1");
}

/** `path:line` of each place where the pattern stands in code. */
export function places(source: Source, pattern: RegExp): readonly string[] {
  return withoutComments(source.text)
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${source.path}:${index + 1}`] : []));
}
