import { originsBy } from '../../artifacts/origins.js';
import { MIRRORED_REGISTRIES } from '../../config/sections/mirrors.js';
import type { Context, Trial } from '../../engine/stage.js';
import { here } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { leadToRelay } from '../../tools/containerd-hosts.js';
import type { Lead } from '../../tools/containerd-hosts.js';
import { openRelay, relayPort } from './relay.js';
import { runtime } from './runtime.js';

/** Leads kmon's containerd to the relay until the run ends, kubeadm's and the pods' pulls alike. It fails no machine. */
export const relayImages: Trial<{ readonly led: boolean }> = {
  id: 'relay-images',
  title: 'Pull images once for all',
  after: here(openRelay, runtime),
  on: 'all',
  tryOut: async (c) => {
    const port = relayPort(c);
    if (port === undefined) return { led: false };
    try {
      await c.attempt(leadToRelay(leadBy(port, c)));
      return { led: true };
    } catch (error) {
      if (!(error instanceof KmonError)) throw error;
      c.notice(`images are downloaded by it alone, not once for all: ${error.message}`);
      return { led: false };
    }
  },
  inWords: ({ led }) => (led ? 'through this computer' : 'by itself'),
};

function leadBy(port: number, { config, supply }: Context): Lead {
  const { registries } = originsBy(config.mirrors);
  return {
    port,
    registries: MIRRORED_REGISTRIES.filter((name) => name in registries),
    mirrors: supply.registryMirrors,
  };
}
