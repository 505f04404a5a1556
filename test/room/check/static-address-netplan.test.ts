import { leasedByNetplan } from '../../support/dhcp.js';
import { leasedAddress } from './leased-address.js';

// Apart from the other programs, since its minutes of waiting may pass while theirs do.
leasedAddress('an address leased by netplan', [{ child: 1, by: leasedByNetplan }]);
