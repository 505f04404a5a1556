import { rangeOf, formatAddress } from '../config/networks/subnet.js';
import { KmonError } from '../errors/kmon-error.js';
import { PORTS } from '../room/ports.js';

/** The overlay of the pod network `vxlan`: one device a machine, under the same name and number on all of them. */
export const VXLAN = {
  device: 'kmon-vxlan',
  /** Number of the overlay (VNI), of 24 bits: "km". Flannel has 1. */
  vni: 27_501,
  port: PORTS.overlay.port,
} as const;

/** What the outer headers of VXLAN take of each packet: IPv4 20, UDP 8, VXLAN 8, Ethernet 14. */
export const VXLAN_BYTES = 50;

/** How one machine is known inside of the overlay. Nobody has to ask for it: it follows from the machine's range of pod addresses. */
export interface OverlayEnd {
  /** First address of the range, which no pod gets. */
  readonly address: string;
  /** Locally administered. Two machines never share a range, hence neither this. */
  readonly mac: string;
}

/** @param podCidr The range of pod addresses of a machine, IPv4. @throws KmonError `precondition` when it is none. */
export function overlayEnd(podCidr: string): OverlayEnd {
  const range = rangeOf(podCidr);
  if (range === undefined)
    throw new KmonError('precondition', `${podCidr} is no IPv4 range such as 10.244.1.0/24`);
  const address = formatAddress(range.base);
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return { address, mac: ['02', '6b', ...bytes].join(':') };
}
