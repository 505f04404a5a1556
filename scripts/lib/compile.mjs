// Compiles a program of this project: everything that it imports, the npm packages too, in as few files as its parts that load later
// allow. Only what package.json calls a dependency stays outside, and is found by Node when the program runs.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';

/** The folder of the project. */
export const ROOT = join(import.meta.dirname, '../..');

/** The one file with a name that is known beforehand: where the program begins. */
export const MAIN = 'main.js';

/** Where all others lie, each named by its content: files of two builds never mix. */
export const CHUNKS = 'chunks';

/**
 * Compiles the program that begins in `program`. Types are not checked, and nothing is written.
 *
 * @returns every file as `{ name, text }`, and the modules that the files are made of
 * @throws Error when something that is imported is not there, or when the compiler doubts anything else
 */
export async function compile(program) {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const outside = Object.keys(dependencies);
  // Takes longer to load than all that is needed to see that nothing is to do.
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    cwd: ROOT,
    input: { main: program },
    platform: 'node',
    external: (id) => isBuiltin(id) || outside.includes(id),
    // The same files wherever node_modules really lies.
    resolve: { symlinks: false },
    // tsconfig.json is for the checks.
    tsconfig: false,
    transform: { target: 'node20.19', typescript: { onlyRemoveTypeImports: true } },
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  try {
    const { output } = await bundle.generate({
      format: 'esm',
      entryFileNames: MAIN,
      chunkFileNames: (chunk) => `${CHUNKS}/${nameOf(chunk)}-[hash].js`,
      hashCharacters: 'base36',
      // Names and lines in the stack of a defect are for people.
      minify: false,
      sourcemap: true,
    });
    return {
      files: output.map((file) => ({ name: file.fileName, text: file.code ?? file.source })),
      modules: output.flatMap((file) => Object.keys(file.modules ?? {})),
    };
  } finally {
    await bundle.close();
  }
}

/** The name of a file by what is in it: `ui-live-view`, `yaml`. */
function nameOf({ name, facadeModuleId, moduleIds }) {
  const own = moduleIds.filter((id) => id.startsWith(join(ROOT, 'src') + sep));
  // What is last needs what stands before it.
  const module = facadeModuleId ?? own.at(-1) ?? moduleIds.at(-1);
  // What the compiler itself puts in has none.
  if (module === undefined) return name;
  const path = relative(ROOT, module).split(sep);
  const packages = path.lastIndexOf('node_modules');
  const words =
    packages < 0
      ? path.slice(path[0] === 'src' ? 1 : 0).slice(-2)
      : path.slice(packages + 1, packages + (path[packages + 1].startsWith('@') ? 3 : 2));
  return words
    .join('-')
    .replace(/\.[a-z]+$/, '')
    .replaceAll(/[^A-Za-z0-9-]/g, '');
}
