import { reads } from '../shell/command.js';

/** A function for a shell: whether the kernel has nf_tables already. Asking `nft` or `iptables-nft` would load it. */
export const nftThere = reads`nft_there() { [ ! -r /proc/modules ] || grep -q '^nf_tables ' /proc/modules || grep -qs '/nf_tables[.]ko' "/lib/modules/$(uname -r)/modules.builtin"; }`;
