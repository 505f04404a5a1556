/** An overlay of two machines, as one of them has it. */
export const OVERLAY_DEVICE = {
  device: 'kmon-vxlan',
  vni: 27_501,
  port: 8472,
  mac: '02:6b:0a:f4:01:00',
  address: '10.244.1.0',
  mtu: 1450,
};

export const OVERLAY_PEER = {
  device: 'kmon-vxlan',
  mac: '02:6b:0a:f4:02:00',
  address: '10.244.2.0',
  machine: '10.77.0.9',
};

/** The device by hand, for what is about its peers. */
export const OVERLAY =
  'ip link add kmon-vxlan address 02:6b:0a:f4:01:00 type vxlan id 27501 dstport 8472 nolearning; ip link set kmon-vxlan up';
