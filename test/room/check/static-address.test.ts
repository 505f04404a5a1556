import { leasedByNetworkd, leasedByNetworkManager } from '../../support/dhcp.js';
import { leasedAddress } from './leased-address.js';

leasedAddress('an address leased by systemd-networkd, and one by NetworkManager', [
  { child: 1, by: leasedByNetworkd },
  { child: 2, by: leasedByNetworkManager },
]);
