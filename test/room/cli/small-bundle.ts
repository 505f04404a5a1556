import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { IMAGES, published } from '../../../src/artifacts/images.js';
import { isOptional } from '../../../src/artifacts/need.js';
import { PROGRAMS } from '../../../src/artifacts/programs.js';

const VERSION = 'v1.34.3';

/**
 * A bundle that names all that a room needs, whose programs only tell their version, and with no image in its archive: enough for everything that comes before a cluster, copied in a moment, and there
 * without the hour that a real one takes to build. Gives its folder.
 */
export function smallBundle(folder: string): string {
  const program = `#!/bin/sh\necho ${VERSION}\n`;
  const parts = [
    ...PROGRAMS.map(({ name }) => ({ name, kind: 'binary', file: `bin/${name}`, content: program })),
    {
      name: 'node',
      kind: 'images',
      file: 'images/node.tar.gz',
      content: 'none',
      images: IMAGES.filter((i) => !isOptional(i)).map((image) => published({ tag: VERSION, ...image })),
    },
    { name: 'kmon-lite', kind: 'chart', file: 'charts/kmon-lite-0.1.0.tgz', content: 'none' },
  ];
  const listed = parts.map(({ content, ...part }) => {
    mkdirSync(dirname(join(folder, part.file)), { recursive: true });
    writeFileSync(join(folder, part.file), content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { ...part, version: VERSION, sha256, size: content.length, for: ['parent', 'child'] };
  });
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const list = { format: 'kmon-bundle/1', name: 'small', kubernetes: VERSION, architecture, parts: listed };
  writeFileSync(join(folder, 'bundle.yaml'), stringify(list));
  return folder;
}
