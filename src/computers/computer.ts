/** The network of the room, as far as other systems are told of it. */
export interface RoomNetwork {
  /** Such as 192.168.1.0/24: the only place an exporter is opened for. */
  readonly subnet: string;
  /** Of the same network; absent: the room has no way out, or nobody told. */
  readonly gateway?: string;
}

/** A Windows or macOS computer of the room. */
export interface OtherComputer {
  readonly name: string;
  readonly address: string;
  /** Where its exporter listens, or is to listen. */
  readonly exporterPort: number;
}

/** What one look at such a computer found; what it did not tell is absent. */
export interface OtherSight {
  /** The user who logs in may change the firewall. */
  readonly mayChange?: boolean;
  /** The interface that has the address: "Ethernet" on Windows, the network service ("Wi-Fi") on macOS. */
  readonly interfaceName?: string;
  readonly prefix?: number;
  readonly gateway?: string;
  readonly addressing?: 'leased' | 'static';
  readonly firewall?: 'on' | 'off';
  /** Something listens on the exporter's port. */
  readonly listening: boolean;
  /** An opening of kmon's own is there. */
  readonly opened: boolean;
  /** Why kmon's opening would do nothing: lower case, no full stop. */
  readonly futile?: string;
}

/** 255.255.255.0 for 24. */
export function netmaskOf(prefix: number): string {
  return [0, 8, 16, 24].map((at) => 256 - 2 ** (8 - Math.min(8, Math.max(0, prefix - at)))).join('.');
}

/** 24 for 255.255.255.0 and for 0xffffff00 (how BSD's ifconfig writes it); `undefined` for what is no netmask. */
export function prefixOf(netmask: string): number | undefined {
  const hex = /^0x([0-9a-f]{8})$/i.exec(netmask)?.[1];
  const bytes =
    hex === undefined
      ? netmask.split('.').map(Number)
      : [0, 2, 4, 6].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  if (bytes.length !== 4 || bytes.some((b) => !Number.isInteger(b) || b < 0 || b > 255)) return undefined;
  const bits = bytes.map((b) => b.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? (bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')) : undefined;
}
