import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** What a program is made of, as its files say. */
export interface ProgramFiles {
  /** Every file that it may load, as paths from its folder, sorted. */
  readonly files: readonly string[];
  /** Packages that must be there when it runs, sorted. */
  readonly outside: readonly string[];
  /** Modules that were compiled into it, as paths from the project's folder. */
  readonly modules: readonly string[];
}

/**
 * Follows the imports of a compiled program, those of its parts that load later too.
 *
 * @throws when a file that it imports is not there
 */
export function programFiles(folder: string, start: string): ProgramFiles {
  const seen = new Set<string>();
  const outside = new Set<string>();
  const modules = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, module = ''] of text.matchAll(/^\/\/ ((?:src|node_modules)\/\S+)$/gm)) modules.add(module);
    const imported = ts.preProcessFile(text, true, true).importedFiles.map((i) => i.fileName);
    const required = [...text.matchAll(/\b__require\("([^"]+)"\)/g)].map((m) => m[1] ?? '');
    for (const specifier of [...imported, ...required]) {
      if (specifier.startsWith('.')) follow(join(dirname(file), specifier));
      // Some of Node's own, such as node:sqlite, are asked for only where Node has them; 20 does not know their names.
      else if (!isBuiltin(specifier) && !specifier.startsWith('node:')) outside.add(specifier);
    }
  };
  follow(join(folder, start));
  return {
    files: [...seen].map((file) => relative(folder, file)).sort(),
    outside: [...outside].sort(),
    modules: [...modules].sort(),
  };
}
