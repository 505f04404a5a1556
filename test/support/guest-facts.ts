import type { Facts } from '../../src/facts/facts.js';

/** What is other of a guest: its network is that with its laptop, as VirtualBox makes it. @param more addresses that it has besides */
export function inner(...more: Facts['addresses']): Partial<Facts> {
  return {
    addresses: [{ device: 'enp0s3', address: '10.0.2.15', prefix: 24 }, ...more],
    routes: [
      { destination: 'default', device: 'enp0s3', via: '10.0.2.2' },
      { destination: '10.0.2.0/24', device: 'enp0s3' },
    ],
    routeToParent: { source: '10.0.2.15', device: 'enp0s3' },
  };
}
