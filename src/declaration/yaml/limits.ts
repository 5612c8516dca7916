/**
 * Limits for parsing. Two small documents nested 1,000 deep crash Node with an error that cannot be caught (yaml 2.8.3
 * to 2.9.1: RegExpCompiler allocation failed), its duplicate check takes 16 s for 40,000 keys, and a few nested aliases
 * expand to billions of nodes.
 */
export const limits = {
  fileBytes: 1024 * 1024,
  totalBytes: 8 * 1024 * 1024,
  files: 1000,
  /** Levels of nesting: maps and lists together. The declaration itself needs seven. */
  depth: 64,
  /** Tokens of one file; a megabyte of ordinary policies has about 500,000. Each costs some hundred bytes. */
  lexemes: 600_000,
  aliases: 100,
  /** Nodes that all aliases of a file expand to. */
  aliasedNodes: 20_000,
  /** For the whole declaration, with defaults merged into every object. */
  nodes: 1_000_000,
} as const;
