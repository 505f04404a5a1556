package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// readNetConf is the network of all pods.
func readNetConf(file string) (*net.IPNet, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var conf struct {
		Network        string
		EnableNFTables bool
		Backend        struct{ Type string }
	}
	if err := json.Unmarshal(text, &conf); err != nil {
		return nil, err
	}
	if conf.Backend.Type != "vxlan" || conf.EnableNFTables {
		return nil, fmt.Errorf("the stand-in has the backend vxlan and iptables only: %s", text)
	}
	_, network, err := net.ParseCIDR(conf.Network)
	return network, err
}

// writeSubnetFile tells the plugin what it needs to give pods their addresses.
func writeSubnetFile(file string, network, subnet *net.IPNet, mtu int, masq bool) error {
	gateway := make(net.IP, len(subnet.IP))
	copy(gateway, subnet.IP)
	gateway[len(gateway)-1]++
	ones, _ := subnet.Mask.Size()
	text := fmt.Sprintf("FLANNEL_NETWORK=%s\nFLANNEL_SUBNET=%s/%d\nFLANNEL_MTU=%d\nFLANNEL_IPMASQ=%t\n", network, gateway, ones, mtu, masq)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	part := filepath.Join(filepath.Dir(file), ".subnet.env")
	if err := os.WriteFile(part, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// makeRules makes flannel's two chains, each with what leads into it.
func makeRules(network, subnet *net.IPNet, masq bool) error {
	all, own := network.String(), subnet.String()
	const forward, masquerade = "flanneld forward", "flanneld masq"
	if err := makeChain("filter", "FORWARD", "FLANNEL-FWD", forward, [][]string{
		{"-s", all, "-j", "ACCEPT"},
		{"-d", all, "-j", "ACCEPT"},
	}); err != nil || !masq {
		return err
	}
	return makeChain("nat", "POSTROUTING", "FLANNEL-POSTRTG", masquerade, [][]string{
		{"-m", "mark", "--mark", "0x4000/0x4000", "-j", "RETURN"},
		{"-s", own, "-d", all, "-j", "RETURN"},
		{"-s", all, "-d", own, "-j", "RETURN"},
		{"!", "-s", all, "-d", own, "-j", "RETURN"},
		{"-s", all, "!", "-d", "224.0.0.0/4", "-j", "MASQUERADE", "--random-fully"},
		{"!", "-s", all, "-d", all, "-j", "MASQUERADE", "--random-fully"},
	})
}

// makeChain is the same when it is there already: the pod may start again.
func makeChain(table, from, chain, comment string, rules [][]string) error {
	said := []string{"-m", "comment", "--comment", comment}
	if iptables(table, "-n", "-L", chain) != nil {
		if err := iptables(table, "-N", chain); err != nil {
			return err
		}
	}
	jump := append(append([]string{}, said...), "-j", chain)
	for _, rule := range append([][]string{append([]string{from}, jump...)}, within(chain, said, rules)...) {
		if iptables(table, append([]string{"-C"}, rule...)...) == nil {
			continue
		}
		if err := iptables(table, append([]string{"-A"}, rule...)...); err != nil {
			return err
		}
	}
	return nil
}

func within(chain string, said []string, rules [][]string) [][]string {
	var all [][]string
	for _, rule := range rules {
		all = append(all, append(append([]string{chain}, said...), rule...))
	}
	return all
}

func iptables(table string, arguments ...string) error {
	said, err := exec.Command("iptables", append([]string{"--wait", "--table", table}, arguments...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("iptables %v: %w: %s", arguments, err, said)
	}
	return nil
}
