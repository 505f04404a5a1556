import { expect, it } from 'vitest';
import { bootstrapArgs, imageName, PACKAGES, recipe, recipeKey } from '../../../src/lab/recipe.js';

const made = recipe({ sourcesList: 'deb http://m.example s main\n', customize: 'exit 0\n', overlay: [] });

it('names the same recipe alike and any other recipe otherwise', () => {
  const others = [
    made,
    { ...made, sourcesList: '' },
    { ...made, customize: 'exit 1\n' },
    { ...made, packages: ['dbus'] },
    { ...made, suite: 'x' },
    { ...made, overlay: [{ path: 'a', text: 'b' }] },
    { ...made, overlay: [{ path: 'ab', text: '' }] },
  ];
  expect(new Set(others.map(recipeKey)).size).toBe(others.length);
  expect(recipeKey({ ...made })).toBe(recipeKey(made));
  expect(imageName(recipeKey(made))).toMatch(/^localhost\/kmon-lab:[0-9a-f]{16}$/);
});

it('builds with settings by file and quotes the hook', () => {
  const files = {
    sourcesList: '/c/sources.list',
    aptSettings: '/c/apt.conf',
    customize: "/it's here/customize.sh",
    overlay: '/c/overlay',
    archive: '/c/root.tar',
  };
  expect(bootstrapArgs({ ...made, packages: ['a', 'b'] }, files)).toEqual([
    '--mode=root',
    '--variant=minbase',
    '--format=tar',
    '--include=a,b',
    '--aptopt=/c/apt.conf',
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=sh '/it'\\''s here/customize.sh' /c/overlay "$1"`,
    'bookworm',
    '/c/root.tar',
    '/c/sources.list',
  ]);
});

it('has nothing of containers or Kubernetes', () => {
  expect(PACKAGES.filter((name) => /containerd|runc|kube|docker|cri|cni|etcd/.test(name))).toEqual([]);
});
