import { hostsEntry } from '../../resources/hosts-entry.js';
import type { Fix } from './by-resources.js';

/** Lets the machine know its own name, by the address that Debian gives a machine without a fixed one: it is right whatever the network does. */
export const hostnameFix: Fix = {
  resources: ({ facts }) => [
    hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: [facts.hostname] }] }),
  ],
};
