package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// The annotations by which flannel's daemons know of each other.
const (
	backendData = "flannel.alpha.coreos.com/backend-data"
	backendType = "flannel.alpha.coreos.com/backend-type"
	publicIP    = "flannel.alpha.coreos.com/public-ip"
	overwriteIP = "flannel.alpha.coreos.com/public-ip-overwrite"
	isManaged   = "flannel.alpha.coreos.com/kube-subnet-manager"
)

type api struct {
	base   string
	client *http.Client
}

type node struct {
	Metadata struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		PodCIDR string `json:"podCIDR"`
	} `json:"spec"`
}

type lease struct {
	VNI     int
	VtepMAC string
}

type peer struct {
	subnet  *net.IPNet
	machine net.IP
	mac     net.HardwareAddr
}

// newAPI is for the pod's own service account.
func newAPI() (*api, error) {
	authority, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	return &api{base: "https://" + host + "/api/v1/", client: &http.Client{Transport: transport, Timeout: 10 * time.Second}}, nil
}

func (a *api) ask(method, path string, body any, answer any) error {
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, a.base+path, &text)
	if err != nil {
		return err
	}
	// It is renewed while the pod runs.
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	if body != nil {
		request.Header.Set("Content-Type", "application/strategic-merge-patch+json")
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %.200s", method, path, response.Status, said)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(said, answer)
}

func (a *api) nodeName(namespace, pod string) (string, error) {
	var seen struct {
		Spec struct {
			NodeName string `json:"nodeName"`
		} `json:"spec"`
	}
	err := a.ask(http.MethodGet, "namespaces/"+namespace+"/pods/"+pod, nil, &seen)
	return seen.Spec.NodeName, err
}

func (a *api) node(name string) (node, error) {
	var seen node
	return seen, a.ask(http.MethodGet, "nodes/"+name, nil, &seen)
}

func (a *api) nodes() ([]node, error) {
	var seen struct {
		Items []node `json:"items"`
	}
	return seen.Items, a.ask(http.MethodGet, "nodes", nil, &seen)
}

// announce tells the others where this machine is, and the cluster that it has a network.
func (a *api) announce(name string, public net.IP, mac net.HardwareAddr) error {
	data, err := json.Marshal(lease{VNI: vni, VtepMAC: mac.String()})
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	return a.ask(http.MethodPatch, "nodes/"+name+"/status", map[string]any{
		"metadata": map[string]any{"annotations": map[string]string{
			backendData: string(data), backendType: "vxlan", publicIP: public.String(), isManaged: "true",
		}},
		"status": map[string]any{"conditions": []map[string]string{{
			"type": "NetworkUnavailable", "status": "False", "reason": "FlannelIsUp", "message": "Flannel is running on this node",
			"lastHeartbeatTime": now, "lastTransitionTime": now,
		}}},
	}, nil)
}

// subnet fails until the controller manager has given the node a range; the kubelet then starts this again.
func (n node) subnet() (*net.IPNet, error) {
	_, subnet, err := net.ParseCIDR(n.Spec.PodCIDR)
	if err != nil {
		return nil, fmt.Errorf("node %q pod cidr not assigned", n.Metadata.Name)
	}
	return subnet, nil
}

// peersIn leaves out nodes that have not announced themselves yet.
func peersIn(nodes []node, own string) []peer {
	var peers []peer
	for _, n := range nodes {
		var data lease
		subnet, err := n.subnet()
		if n.Metadata.Name == own || err != nil || json.Unmarshal([]byte(n.Metadata.Annotations[backendData]), &data) != nil {
			continue
		}
		machine := net.ParseIP(n.Metadata.Annotations[publicIP])
		if other := net.ParseIP(n.Metadata.Annotations[overwriteIP]); other != nil {
			machine = other
		}
		mac, err := net.ParseMAC(data.VtepMAC)
		if machine == nil || err != nil {
			continue
		}
		peers = append(peers, peer{subnet: subnet, machine: machine, mac: mac})
	}
	return peers
}
