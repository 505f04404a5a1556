/**
 * What is kept of the rules of a packet filter, as programs for `sed -n`. Of `iptables-save`: policies, every rule of the two main chains and of ufw's
 * for forwarding, and of all others what drops or leads elsewhere.
 */
export const IPTABLES_LINES = String.raw`s/^:\([^ ]* [-A-Z]*\) .*/policy \1/p; /^-A \(INPUT\|FORWARD\|ufw-user-forward\) /{s/^-A /rule /p;d}; /-[jg] \(DROP\|REJECT\)/s/^-A /rule /p`;

/** Of `nft list ruleset`: tables, chains, hooks, and rules that drop, lead elsewhere or are kmon's. */
export const NFT_LINES = String.raw`s/^[[:space:]]*//; /^table /p; /^chain /p; /^type .* hook /{p;d}; /comment "kmon"/{p;d}; /^[^#]*\(drop\|reject\|jump\|goto\|vmap\)/p`;
