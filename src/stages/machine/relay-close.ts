import type { Trial } from '../../engine/stage.js';
import { here, onEveryone, onParent } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Passed } from '../../relay/relay.js';
import { leadToRegistries } from '../../tools/containerd-hosts.js';
import { monitoring } from '../cluster/addons.js';
import { catalogueInstalled } from '../cluster/catalogue-stages.js';
import { measured } from '../cluster/measured.js';
import { podsReach } from '../cluster/pods-reach.js';
import { ready } from '../cluster/ready.js';
import { testAppAnswers } from '../cluster/test-app-answers.js';
import { forAddons, forCatalogue } from './for-addons.js';
import { installPackages } from './packages.js';
import { openRelay, relayPort } from './relay.js';
import { relayImages } from './relay-images.js';

/** Closes the machine's way to the relay when nothing of the run fetches any more, however the run ends. */
export const closeRelay: Trial<Passed> = {
  id: 'relay-close',
  title: 'Close the way to what was fetched',
  after: [
    ...here(openRelay, relayImages, installPackages, forAddons, forCatalogue),
    ...onEveryone(ready, podsReach),
    ...onParent(...monitoring, measured, ...catalogueInstalled, testAppAnswers),
  ],
  closes: openRelay,
  on: 'all',
  tryOut: async (c) => {
    if (relayPort(c) !== undefined) {
      // Where it cannot be taken away it leads to a closed port, which containerd passes over.
      await c.attempt(leadToRegistries).catch((error: unknown) => {
        if (!(error instanceof KmonError)) throw error;
      });
    }
    await c.relay?.close(c.machine.name);
    return c.relay === undefined ? { fetchedBytes: 0, givenBytes: 0 } : { ...c.relay.passed };
  },
  inWords: ({ fetchedBytes, givenBytes }) =>
    `${inMegabytes(fetchedBytes)} fetched so far, ${inMegabytes(givenBytes)} given to the room`,
};

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
