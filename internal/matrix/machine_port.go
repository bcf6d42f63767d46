package matrix

import (
	"fmt"
	"net"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// MachinePort is a port of a machine that a service takes, where the files say which machine that is.
type MachinePort struct {
	// Address is that of the machine: one at which the service is published, or one that it tells clients as its own.
	Address, Protocol string
	Port              int
	Service           *model.Service
	// Item is what publishes the port, and At the line that names the address.
	Item *model.Node
	At   diag.Position
}

// String returns the port as it is the same for all who take it.
func (p MachinePort) String() string {
	return fmt.Sprintf("%s %d/%s", p.Address, p.Port, p.Protocol)
}

// maxPorts is how many ports of a range are looked at: who takes the same range takes its first ones.
const maxPorts = 100

// MachinePorts returns the ports that services take of a machine that is known by its address. A port that is open at all addresses names no machine, and
// neither does one at the loopback: two stacks that have the same may run on two machines. LiveKit and coturn tell clients an address, and their ports have to
// be those of that.
func MachinePorts(d *model.Deployment) []MachinePort {
	var found []MachinePort
	for _, s := range d.Services {
		if s.Inactive || container.IsHostNetwork(s) {
			continue
		}
		own := toldAddress(d, s)
		ranges, _ := container.PublishedPorts(s)
		for _, r := range ranges {
			address, at := publishedAt(r.Item), r.Item.Position
			if own != nil && address == "" {
				address, at = own.Text, own.Position
			}
			ip := net.ParseIP(address)
			if ip == nil || ip.IsLoopback() || ip.IsUnspecified() || r.HostFirst == 0 {
				continue
			}
			for port := r.HostFirst; port <= r.HostLast && port < r.HostFirst+maxPorts; port++ {
				found = append(found, MachinePort{Address: ip.String(), Protocol: r.Protocol, Port: port, Service: s, Item: r.Item, At: at})
			}
		}
	}
	return found
}

// publishedAt returns the address of the machine at which a port is published, "" for all of them.
func publishedAt(item *model.Node) string {
	address, _ := item.Get("host_ip").Literal()
	if item.Kind != model.Map {
		text, _ := item.Literal()
		text, _, _ = strings.Cut(text, "/")
		address, _ = container.SplitPublished(text)
	}
	address = strings.Trim(address, "[]")
	if ip := net.ParseIP(address); ip != nil && ip.IsUnspecified() {
		return ""
	}
	return address
}

// toldAddress returns the address that LiveKit or coturn tells clients as its own, or nil.
func toldAddress(d *model.Deployment, s *model.Service) *model.Node {
	if turn := TurnServerOf(d); turn != nil && turn.Service == s {
		if values := turn.Option("external-ip"); len(values) > 0 {
			public, _, _ := strings.Cut(values[0].Text, "/") // PUBLIC/PRIVATE
			told := &model.Node{Kind: model.String, Text: public, Position: values[0].Position}
			for _, doc := range d.Documents {
				if doc.Kind == model.KindCoturn && doc.Root != nil && path.Ext(doc.Root.Position.File) == ".cue" {
					told.Position = doc.Root.Position // a text that is derived has no lines
				}
			}
			return told
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindLiveKit || doc.Root == nil || doc.Template || !container.MountsDocument(s, doc) {
			continue
		}
		if address := doc.Root.At("rtc", "node_ip"); address.IsSet() && !address.Unknown {
			return address
		}
	}
	return nil
}
