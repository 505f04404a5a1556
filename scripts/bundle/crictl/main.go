// crictl for the lab: a small client of the container runtime interface (CRI), with the commands and flags that kubeadm
// 1.20 calls, and a few that help a person who looks into a machine.
//
// It is not the crictl of the cri-tools project, which Debian does not package: it has no pod or container creation, no
// logs, no exec, no output formats. What it has talks to the runtime through the client library of Kubernetes itself, so
// that a pod is stopped and removed by the runtime, with its network and its mounts, and not behind its back.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/cri/remote"
)

const usage = `usage: crictl [-r ENDPOINT] [-t TIMEOUT] COMMAND [ARGUMENT...]
  version            the runtime and its version
  info               the runtime's conditions; exit 1 when the runtime itself is not ready
  images [-q]        the images that are there
  inspecti IMAGE...  exit 1 unless every image is there
  pull IMAGE         have the runtime pull an image
  rmi IMAGE...       remove images
  pods [-q]          all pods, running or not
  stopp POD...       stop pods: their containers and their network
  rmp [-f] POD...    remove stopped pods (-f: stop them first)
  ps [-a] [-q]       running containers (-a: all)
This is the small crictl of kmon's lab, not the one of cri-tools.
`

// release is the Kubernetes version whose client library this was built with; the build sets it.
var release = "unknown"

type client struct {
	runtime internalapi.RuntimeService
	images  internalapi.ImageManagerService
}

func main() {
	quietLibraries()
	flags := flag.NewFlagSet("crictl", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	endpoint := endpointFromEnvironment()
	for _, name := range []string{"r", "runtime-endpoint"} {
		flags.StringVar(&endpoint, name, endpoint, "")
	}
	image := ""
	for _, name := range []string{"i", "image-endpoint"} {
		flags.StringVar(&image, name, "", "")
	}
	timeout := 2 * time.Minute
	for _, name := range []string{"t", "timeout"} {
		flags.DurationVar(&timeout, name, timeout, "")
	}
	version := flags.Bool("version", false, "")
	err := flags.Parse(os.Args[1:])
	switch {
	case *version:
		fmt.Printf("crictl of kmon's lab, CRI client of Kubernetes %s\n", release)
	case err == flag.ErrHelp:
		fmt.Print(usage)
	case err != nil || flags.NArg() == 0:
		if err != nil {
			fmt.Fprintln(os.Stderr, "crictl:", err)
		}
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	default:
		if image == "" {
			image = endpoint
		}
		if err := connectAndRun(endpoint, image, timeout, flags.Arg(0), flags.Args()[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "crictl:", err)
			os.Exit(1)
		}
	}
}

// quietLibraries keeps the client library's own log lines out of the output: main prints the error once.
func quietLibraries() {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
}

func endpointFromEnvironment() string {
	if endpoint := os.Getenv("CONTAINER_RUNTIME_ENDPOINT"); endpoint != "" {
		return endpoint
	}
	return "unix:///run/containerd/containerd.sock"
}

func connectAndRun(endpoint, image string, timeout time.Duration, command string, args []string) error {
	runtime, err := remote.NewRemoteRuntimeService(asURL(endpoint), timeout)
	if err != nil {
		return fmt.Errorf("no runtime at %s: %w", endpoint, err)
	}
	images, err := remote.NewRemoteImageService(asURL(image), timeout)
	if err != nil {
		return fmt.Errorf("no image service at %s: %w", image, err)
	}
	return client{runtime, images}.run(command, args)
}

// asURL accepts a bare socket path, as kubeadm's configuration files write it.
func asURL(endpoint string) string {
	if strings.HasPrefix(endpoint, "/") {
		return "unix://" + endpoint
	}
	return endpoint
}

func (c client) run(command string, args []string) error {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	quiet := flags.Bool("q", false, "")
	all := flags.Bool("a", false, "")
	force := flags.Bool("f", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	args = flags.Args()
	switch command {
	case "version":
		return c.version()
	case "info":
		return c.info()
	case "images":
		return c.listImages(*quiet)
	case "inspecti":
		return each(args, c.inspectImage)
	case "pull":
		return each(args, c.pull)
	case "rmi":
		return each(args, func(name string) error { return c.images.RemoveImage(&runtimeapi.ImageSpec{Image: name}) })
	case "pods":
		return c.listPods(*quiet)
	case "stopp":
		return each(args, c.runtime.StopPodSandbox)
	case "rmp":
		return each(args, func(id string) error { return c.removePod(id, *force) })
	case "ps":
		return c.listContainers(*quiet, *all)
	}
	return fmt.Errorf("unknown command %q (crictl --help lists what this small crictl can do)", command)
}

// each runs an action on every argument and reports all failures, not the first.
func each(args []string, action func(string) error) error {
	if len(args) == 0 {
		return fmt.Errorf("nothing named to work on")
	}
	var failed []string
	for _, arg := range args {
		if err := action(arg); err != nil {
			failed = append(failed, fmt.Sprintf("%s: %v", arg, err))
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%s", strings.Join(failed, "; "))
	}
	return nil
}

func (c client) version() error {
	answer, err := c.runtime.Version("v1")
	if err != nil {
		return err
	}
	fmt.Printf("Version:  %s\nRuntimeName:  %s\nRuntimeVersion:  %s\nRuntimeApiVersion:  %s\n",
		answer.Version, answer.RuntimeName, answer.RuntimeVersion, answer.RuntimeApiVersion)
	return nil
}

// info fails only for the runtime's own condition: a network that is not set up yet is normal before kubeadm init.
func (c client) info() error {
	status, err := c.runtime.Status()
	if err != nil {
		return err
	}
	if err := printJSON(map[string]interface{}{"status": status}); err != nil {
		return err
	}
	for _, condition := range status.Conditions {
		if condition.Type == runtimeapi.RuntimeReady && !condition.Status {
			return fmt.Errorf("runtime not ready: %s: %s", condition.Reason, condition.Message)
		}
	}
	return nil
}

func (c client) listImages(quiet bool) error {
	images, err := c.images.ListImages(nil)
	if err != nil {
		return err
	}
	for _, image := range images {
		if quiet {
			fmt.Println(image.Id)
		} else {
			fmt.Printf("%-60s %s %d\n", strings.Join(image.RepoTags, ","), image.Id, image.Size_)
		}
	}
	return nil
}

func (c client) inspectImage(name string) error {
	image, err := c.images.ImageStatus(&runtimeapi.ImageSpec{Image: name})
	if err != nil {
		return err
	}
	if image == nil {
		return fmt.Errorf("no such image")
	}
	return printJSON(map[string]interface{}{"status": image})
}

func (c client) pull(name string) error {
	reference, err := c.images.PullImage(&runtimeapi.ImageSpec{Image: name}, nil, nil)
	if err != nil {
		return err
	}
	fmt.Println("Image is up to date for", reference)
	return nil
}

func (c client) listPods(quiet bool) error {
	pods, err := c.runtime.ListPodSandbox(nil)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if quiet {
			fmt.Println(pod.Id)
		} else {
			fmt.Printf("%.13s %-16s %s/%s\n", pod.Id, pod.State, pod.Metadata.Namespace, pod.Metadata.Name)
		}
	}
	return nil
}

func (c client) removePod(id string, force bool) error {
	if force {
		if err := c.runtime.StopPodSandbox(id); err != nil {
			return err
		}
	}
	return c.runtime.RemovePodSandbox(id)
}

func (c client) listContainers(quiet, all bool) error {
	containers, err := c.runtime.ListContainers(nil)
	if err != nil {
		return err
	}
	for _, container := range containers {
		switch {
		case !all && container.State != runtimeapi.ContainerState_CONTAINER_RUNNING:
		case quiet:
			fmt.Println(container.Id)
		default:
			fmt.Printf("%.13s %-18s %-26s %s\n", container.Id, container.State, container.Metadata.Name,
				container.Labels["io.kubernetes.pod.namespace"]+"/"+container.Labels["io.kubernetes.pod.name"])
		}
	}
	return nil
}

func printJSON(value interface{}) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
