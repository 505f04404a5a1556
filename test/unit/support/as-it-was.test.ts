import { describe, expect, it } from 'vitest';
import { difference, notAsItWas, snapshotsOf, snapshotsWithoutShared } from '../../support/as-it-was.js';

const of = (text: string) => new Map([['pc-1', text]]);

it('tells what is only in the one list and only in the other', () => {
  expect(difference(['a', 'b'], ['b', 'c'])).toEqual(['- a', '+ c']);
});

describe('a machine that ought to be as it was', () => {
  const before = of('## links\neth0 up\n## routes\neth0 up\n');

  it('has nothing to tell of when it is', async () => {
    const told = [{ name: 'pc-1', snapshot: async () => '## links\neth0 up\n## routes\neth0 up\n' }];
    expect(notAsItWas(before, await snapshotsOf(told))).toEqual([]);
  });

  it('is told of by machine, section and line', () => {
    expect(notAsItWas(before, of('## links\neth0 up\n## routes\neth0 down\n'))).toEqual([
      'pc-1 - routes: eth0 up',
      'pc-1 + routes: eth0 down',
    ]);
  });

  it('is told of when only the order is another, or a line is there once more', () => {
    expect(notAsItWas(of('a\nb\n'), of('b\na\n'))).toEqual([
      'pc-1 - : a',
      'pc-1 + : b (the same lines in another order or number)',
    ]);
    expect(notAsItWas(of('a\nb'), of('a\nb\nb'))).toEqual([
      'pc-1 - no line',
      'pc-1 + : b (the same lines in another order or number)',
    ]);
    expect(notAsItWas(of('a\nb\nb'), of('a\nb'))).not.toEqual([]);
  });

  it('is told of when nobody looked at it', () => {
    expect(notAsItWas(before, new Map())).toEqual(['pc-1 is not in both snapshots']);
  });
});

it('leaves out what a kubelet of another lab sets for the whole computer, and nothing that is of the machine', async () => {
  const own =
    'kernel.hostname = pc-1\nkernel.shmmax = 1\nnet.ipv4.ip_forward = 0\nnet.netfilter.nf_conntrack_acct = 0\n';
  const shared = 'kernel.panic = 10\nvm.overcommit_memory = 1\nfs.inotify.max_user_instances = 128\n';
  const told = {
    name: 'pc-1',
    snapshot: async () => `## kernel settings\n${shared}${own}## files\n/etc/vm.conf f\n`,
  };
  expect(await snapshotsWithoutShared([told])).toEqual(
    new Map([['pc-1', `## kernel settings\n${own}## files\n/etc/vm.conf f\n`]]),
  );
});
