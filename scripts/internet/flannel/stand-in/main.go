// A stand-in for flannel's daemon, which cannot be had as a Go module: in a lab it takes the place of flanneld. It takes the same
// arguments, needs the same rights, and leaves on a machine what flannel leaves: /run/flannel/subnet.env for the plugin, the link flannel.1
// (VXLAN 1, UDP 8472) with its peers, the chains FLANNEL-FWD and FLANNEL-POSTRTG, and the annotations of the node by which the others find
// it. What flannel does beyond a room's needs (other backends, IPv6, leases that end) it refuses or has not.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// How often the nodes are listed; flannel watches them.
const every = 2 * time.Second

func main() {
	log.SetFlags(0)
	log.Print("stand-in for flannel: not flannel itself")
	masq := flag.Bool("ip-masq", false, "")
	subnets := flag.Bool("kube-subnet-mgr", false, "")
	iface := flag.String("iface", "", "")
	reach := flag.String("iface-can-reach", "", "")
	publicIP := flag.String("public-ip", "", "")
	flag.Parse()
	if !*subnets {
		log.Fatal("only with -kube-subnet-mgr")
	}
	own, err := ownAddress(*iface, *reach)
	if err != nil {
		log.Fatal(err)
	}
	public := own
	if *publicIP != "" {
		public = net.ParseIP(*publicIP)
	}
	if err := run(own, public, *masq); err != nil {
		log.Fatal(err)
	}
}

func run(local, public net.IP, masq bool) error {
	network, err := readNetConf("/etc/kube-flannel/net-conf.json")
	if err != nil {
		return err
	}
	api, err := newAPI()
	if err != nil {
		return err
	}
	name, err := api.nodeName(os.Getenv("POD_NAMESPACE"), os.Getenv("POD_NAME"))
	if err != nil {
		return err
	}
	own, err := api.node(name)
	if err != nil {
		return err
	}
	subnet, err := own.subnet()
	if err != nil {
		return err
	}
	overlay, err := makeOverlay(local, subnet)
	if err != nil {
		return err
	}
	if err := api.announce(name, public, overlay.mac()); err != nil {
		return err
	}
	if err := makeRules(network, subnet, masq); err != nil {
		return err
	}
	if err := writeSubnetFile("/run/flannel/subnet.env", network, subnet, overlay.mtu(), masq); err != nil {
		return err
	}
	log.Printf("running: %s on %s", subnet, public)
	return follow(api, overlay, name)
}

// follow keeps the peers of the overlay until it is told to stop. What it made stays, as flannel's does.
func follow(api *api, overlay *overlay, own string) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	for {
		nodes, err := api.nodes()
		if err != nil {
			log.Print(err)
		} else if err := overlay.keep(peersIn(nodes, own)); err != nil {
			log.Print(err)
		}
		select {
		case <-stop:
			return nil
		case <-time.After(every):
		}
	}
}
