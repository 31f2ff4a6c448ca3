import { Lexer } from "yaml";

/** Far above any configuration, far below what hurts: the YAML reader recurses, and nesting without an end aborts the process. */
export const maxFileLength = 1_048_576;
const maxNesting = 64;
/** 256 trunks with everything have 7,000. */
const maxKeys = 20_000;

/** What may stand before the first word of a block line; each level of block nesting takes at least one column of it. */
const structure = " \t-?:";

/** The lexer marks the text of a plain or block scalar by this lexeme before it: such text may look like a bracket. */
const scalarFollows = "\x1f";

export type BeyondLimits =
  | { readonly kind: "deep"; readonly line: number }
  | { readonly kind: "keys"; readonly line: number };

/**
 * Where a text goes beyond what is read: lines from 1. Looks at lexemes, which the lexer makes without recursion, so that a
 * bracket in a string or a comment is neither counted nor trusted to close one.
 */
export function beyondLimits(text: string): BeyondLimits | undefined {
  const indented = text.split("\n").findIndex((line) => indentOf(line) > maxNesting);
  return indented >= 0 ? { kind: "deep", line: indented + 1 } : scanLexemes(text);
}

function indentOf(line: string): number {
  let column = 0;
  while (column < line.length && structure.includes(line.charAt(column))) column++;
  // A line of dashes and blanks is as deep as its dashes: the next line goes on from there.
  return line.trim() === "" ? 0 : column;
}

function scanLexemes(text: string): BeyondLimits | undefined {
  let depth = 0;
  let keys = 0;
  let line = 1;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (isText) isText = false;
    else if (lexeme === "[" || lexeme === "{") depth++;
    else if (lexeme === "]" || lexeme === "}") depth = Math.max(0, depth - 1);
    else if (lexeme === ":") keys++;
    else isText = lexeme === scalarFollows;
    if (depth > maxNesting) return { kind: "deep", line };
    if (keys > maxKeys) return { kind: "keys", line };
    for (let at = lexeme.indexOf("\n"); at >= 0; at = lexeme.indexOf("\n", at + 1)) line++;
  }
  return undefined;
}
