import { defineCommand } from '../command.js';
import { asWritten, flag, list, unless, value } from '../option.js';
import { BUNDLE, CONFIG, SHOWING, YES } from '../room-options.js';

export const newRoom = defineCommand({
  name: 'new',
  summary: 'ask about the room, try each machine, write a kmon.yaml',
  description:
    'Asks for the room, the parent, the children, user and key, and logs in to each machine as it goes. Every question has a flag.',
  arguments: {},
  options: {
    config: CONFIG,
    ...SHOWING,
    yes: YES,
    room: value({
      flag: '--room',
      operand: 'name',
      parse: asWritten,
      help: 'name of the room (default: that of the folder)',
    }),
    parent: value({ flag: '--parent', operand: 'address', parse: asWritten, help: 'address of the parent' }),
    children: list({
      flag: '--children',
      operand: 'list',
      parse: asWritten,
      help: 'addresses and ranges (192.168.1.11-14), each with a name and a team if you like',
    }),
    childrenFile: value({
      flag: '--children-file',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      help: 'the same from a file, one machine a line',
    }),
    user: value({
      flag: '--user',
      operand: 'name',
      parse: asWritten,
      help: 'who logs in (default: as ssh would)',
    }),
    key: value({
      flag: '--key',
      operand: 'file',
      completes: 'files',
      parse: asWritten,
      help: 'private key (default: as ssh would)',
    }),
    names: value({
      flag: '--names',
      operand: 'how',
      completes: ['hostname', 'place'],
      parse: asWritten,
      help: "hostname: the machines' own, place: by their place in the file",
    }),
    podSubnet: value({
      flag: '--pod-subnet',
      operand: 'range',
      parse: asWritten,
      help: 'addresses of pods (default: one that is free)',
    }),
    serviceSubnet: value({
      flag: '--service-subnet',
      operand: 'range',
      parse: asWritten,
      help: 'addresses of services (default: one that is free)',
    }),
    bundle: BUNDLE,
    try: unless({ flag: '--no-try', help: 'do not log in to any machine' }),
    force: flag({ flag: '--force', help: 'overwrite a kmon.yaml that is there' }),
  },
  examples: [
    {
      line: 'kmon new --parent 192.168.1.10 --children 192.168.1.11-14',
      does: 'ask for the rest only',
      means: { parent: '192.168.1.10', children: ['192.168.1.11-14'] },
    },
    {
      line: 'kmon new --yes --parent 192.168.1.10 --children-file room.csv',
      does: 'ask nothing, with the children out of a spreadsheet',
      means: { yes: true, parent: '192.168.1.10', childrenFile: 'room.csv' },
    },
  ],
  exitCodes: ['config', 'interrupted', 'partial'],
  run: async (io, given) => (await import('../actions/new.js')).newRoom(io, given),
});
