import { expect, it } from 'vitest';
import { proxyModeFor } from '../../../src/tools/kube-proxy.js';

it.each([
  ['v1.36.3', ['6.1.0-18-amd64', '5.13.0-1-generic'], 'nftables'],
  ['v1.33.0', [], 'nftables'],
  ['v1.32.9', ['6.1.0-18-amd64'], 'iptables'],
  ['v1.36.3', ['6.1.0-18-amd64', '5.10.0-21-amd64'], 'iptables'],
  ['v1.36.3', ['5.4.0-200-generic'], 'iptables'],
  ['v1.36.3', [''], 'iptables'],
] as const)('kube-proxy of %s on kernels %j: %s', (version, kernels, mode) => {
  expect(proxyModeFor(version, kernels)).toBe(mode);
});
