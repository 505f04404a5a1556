import { formatSubnet } from '../../config/networks/subnet.js';
import { KmonError } from '../../errors/kmon-error.js';
import { FIREWALL_NAMES, firewallOpening } from '../../resources/firewall/opening.js';
import { firewalldFiles } from '../../resources/firewall/firewalld-files.js';
import { reachedPorts } from '../../room/ports.js';
import { arrivalNetwork } from '../sight/devices.js';
import type { Fix } from './by-resources.js';

/**
 * Opens the ports that others must reach, for the network of the room only, and lets the pods through. All kinds of firewall: those that
 * drop nothing are satisfied, and several may be on at once.
 */
export const firewallFix: Fix = {
  resources: (on) => {
    const { machine, facts, config } = on;
    const network = arrivalNetwork(on);
    if (network === undefined) {
      throw new KmonError(
        'precondition',
        `the machine does not have the address ${machine.address} of kmon.yaml`,
        { hint: 'write the address that it has into kmon.yaml: the firewall is opened for its network only' },
      );
    }
    const ports = reachedPorts(machine, config).map(({ protocol, port }) => `${protocol} ${port}`);
    const opening = { room: formatSubnet(network), pods: config.kubernetes.podSubnet, ports };
    const openings = FIREWALL_NAMES.map((system) => firewallOpening({ system, ...opening }));
    return facts.firewalls.includes('firewalld') ? [...openings, ...firewalldFiles(opening)] : openings;
  },
};
