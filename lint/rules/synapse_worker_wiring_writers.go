package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// checkStreamWriters checks that the workers that write a stream can be found by the others, and that there are as many as Synapse takes.
func checkStreamWriters(synapse *model.Configuration, report func(diag.Finding)) {
	instances := synapse.At("instance_map")
	writers := synapse.At("stream_writers")
	if writers == nil {
		return
	}
	for _, stream := range writers.Fields {
		checkWriterCount(synapse, stream, report)
		if synapse.Partial || instances != nil && instances.Unknown {
			continue
		}
		names := stream.Value.Items
		if stream.Value.Kind != model.List {
			names = []*model.Node{stream.Value}
		}
		for _, name := range names {
			text, known := name.Literal()
			if !known || text == "" || text == "master" || instances.Get(text) != nil || placeholder.In(text) {
				continue
			}
			report(diag.Finding{
				Position: name.Position,
				Message:  fmt.Sprintf("nothing writes %s: worker %s is not in instance_map, so that no process finds it", stream.Key, text),
				Hint:     "add it to instance_map with the host and port of its replication listener",
				Related:  []diag.Related{{Position: synapse.Nearest("instance_map", text), Message: "the workers that can be found"}},
			})
		}
	}
}

// checkWriterCount reports a list of writers that is empty, or that has several where Synapse takes one. Before 1.159 it did not look at two of the
// streams.
func checkWriterCount(synapse *model.Configuration, stream model.Field, report func(diag.Finding)) {
	version := synapse.Version()
	alone := []string{"typing", "to_device", "account_data", "presence", "push_rules"}
	some := []string{"events", "receipts", "device_lists"}
	if version.AtLeast("1.159.0") {
		some = append(some, "thread_subscriptions", "quarantined_media_changes")
	}
	list := stream.Value
	unclear := slices.ContainsFunc(list.Items, func(item *model.Node) bool {
		text, known := item.Literal()
		return !known || text == "" || placeholder.In(text)
	})
	if list.Kind != model.List || list.Unknown || unclear || version.Before("1.137.0") {
		return
	}
	f := diag.Finding{Position: stream.Position, Hint: "name a worker, or delete the line: then the main process writes it"}
	switch n := len(list.Items); {
	case n == 0 && (slices.Contains(some, stream.Key) || slices.Contains(alone, stream.Key)):
		f.Message = "Synapse does not start: nobody writes " + stream.Key + ", since its list is empty"
	case n > 1 && slices.Contains(alone, stream.Key):
		f.Message = fmt.Sprintf("Synapse does not start: %s has one writer, and %d are named", stream.Key, n)
		f.Hint = "name one of them"
	default:
		return
	}
	report(f)
}
