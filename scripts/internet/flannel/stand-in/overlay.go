package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/vishvananda/netlink"
)

const (
	vni  = 1
	port = 8472
	// What the outer headers take of a packet.
	headers = 50
)

type overlay struct {
	link  *netlink.Vxlan
	peers map[string]peer
}

// makeOverlay makes flannel.1 above the network card that has the address. A link of that name that is otherwise is replaced, as flannel does.
func makeOverlay(public net.IP, subnet *net.IPNet) (*overlay, error) {
	card, err := cardOf(public)
	if err != nil {
		return nil, err
	}
	wanted := &netlink.Vxlan{
		LinkAttrs:    netlink.LinkAttrs{Name: fmt.Sprintf("flannel.%d", vni), MTU: card.Attrs().MTU - headers},
		VxlanId:      vni,
		VtepDevIndex: card.Attrs().Index,
		SrcAddr:      public,
		Port:         port,
		Learning:     false,
	}
	err = netlink.LinkAdd(wanted)
	if errors.Is(err, syscall.EEXIST) {
		if there, lookErr := netlink.LinkByName(wanted.Name); lookErr == nil {
			if isSame(there, wanted) {
				err = nil
			} else if err = netlink.LinkDel(there); err == nil {
				err = netlink.LinkAdd(wanted)
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("failed to create VXLAN interface: %w", err)
	}
	there, err := netlink.LinkByName(wanted.Name)
	if err != nil {
		return nil, err
	}
	link, ok := there.(*netlink.Vxlan)
	if !ok {
		return nil, fmt.Errorf("created link %s is not a VXLAN", wanted.Name)
	}
	address := &netlink.Addr{IPNet: &net.IPNet{IP: subnet.IP, Mask: net.CIDRMask(32, 32)}}
	if err := netlink.AddrReplace(link, address); err != nil {
		return nil, err
	}
	return &overlay{link: link, peers: map[string]peer{}}, netlink.LinkSetUp(link)
}

func isSame(there netlink.Link, wanted *netlink.Vxlan) bool {
	link, ok := there.(*netlink.Vxlan)
	return ok && link.VxlanId == wanted.VxlanId && link.VtepDevIndex == wanted.VtepDevIndex && link.SrcAddr.Equal(wanted.SrcAddr) &&
		link.Port == wanted.Port && !link.Learning && link.Attrs().MTU == wanted.MTU
}

// ownAddress is the one that was named, else that by which the machine would send to the other.
func ownAddress(iface, reach string) (net.IP, error) {
	if iface != "" || reach == "" {
		return net.ParseIP(iface), nil
	}
	routes, err := netlink.RouteGet(net.ParseIP(reach))
	if err != nil {
		return nil, err
	}
	if len(routes) == 0 {
		return nil, fmt.Errorf("no way leads to %s", reach)
	}
	return routes[0].Src, nil
}

func cardOf(address net.IP) (netlink.Link, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		addresses, err := netlink.AddrList(link, netlink.FAMILY_V4)
		if err != nil {
			return nil, err
		}
		for _, a := range addresses {
			if a.IP.Equal(address) {
				return link, nil
			}
		}
	}
	return nil, fmt.Errorf("failed to find any valid interface to use: no interface has %s", address)
}

func (o *overlay) mac() net.HardwareAddr { return o.link.Attrs().HardwareAddr }

func (o *overlay) mtu() int { return o.link.Attrs().MTU }

// keep has exactly these peers: neighbour, forwarding entry and route of each.
func (o *overlay) keep(peers []peer) error {
	wanted := map[string]peer{}
	for _, p := range peers {
		wanted[p.subnet.String()] = p
	}
	for subnet, p := range o.peers {
		now, there := wanted[subnet]
		if there && now.machine.Equal(p.machine) && now.mac.String() == p.mac.String() {
			continue
		}
		// Whichever is gone already is as it should be.
		_ = netlink.RouteDel(o.route(p))
		_ = netlink.NeighDel(o.forward(p))
		_ = netlink.NeighDel(o.neighbour(p))
		delete(o.peers, subnet)
	}
	for subnet, p := range wanted {
		if _, there := o.peers[subnet]; there {
			continue
		}
		if err := netlink.NeighSet(o.neighbour(p)); err != nil {
			return err
		}
		if err := netlink.NeighSet(o.forward(p)); err != nil {
			return err
		}
		if err := netlink.RouteReplace(o.route(p)); err != nil {
			return err
		}
		o.peers[subnet] = p
	}
	return nil
}

func (o *overlay) neighbour(p peer) *netlink.Neigh {
	return &netlink.Neigh{
		LinkIndex: o.link.Index, State: netlink.NUD_PERMANENT, Type: syscall.RTN_UNICAST, IP: p.subnet.IP, HardwareAddr: p.mac,
	}
}

func (o *overlay) forward(p peer) *netlink.Neigh {
	return &netlink.Neigh{
		LinkIndex: o.link.Index, State: netlink.NUD_PERMANENT, Family: syscall.AF_BRIDGE, Flags: netlink.NTF_SELF, IP: p.machine, HardwareAddr: p.mac,
	}
}

func (o *overlay) route(p peer) *netlink.Route {
	route := &netlink.Route{LinkIndex: o.link.Index, Scope: netlink.SCOPE_UNIVERSE, Dst: p.subnet, Gw: p.subnet.IP}
	route.SetFlag(syscall.RTNH_F_ONLINK)
	return route
}
