/** The console's files, read once at the start: what is not in this map cannot be asked for, whatever a path says. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative } from "node:path";

export interface ConsoleFile {
  readonly type: string;
  readonly octets: Buffer;
  /** Its name holds a hash of what is in it: it never changes. */
  readonly lasts: boolean;
}

/** By path: `/`, `/assets/index-3f2a.js`. Empty: the console was not built. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

const mostOctets = 4_194_304;

/** @param folder what the build wrote; it need not be there */
export function readConsoleFiles(folder: string): ConsoleFiles {
  const files = new Map<string, ConsoleFile>();
  let octets = 0;
  for (const path of pathsIn(folder)) {
    const type = types[extname(path)];
    octets += statSync(path).size;
    if (type === undefined || octets > mostOctets) continue;
    const name = `/${relative(folder, path)}`;
    files.set(name, { type, octets: readFileSync(path), lasts: name.startsWith("/assets/") });
  }
  const index = files.get("/index.html");
  if (index !== undefined) files.set("/", index);
  return files;
}

function pathsIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
