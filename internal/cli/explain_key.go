package cli

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// upstreamKey splits the path of a raw setting, override.synapse.max_upload_size, into upstream's format and the keys below it.
func upstreamKey(path string) (upstream string, keys []string, ok bool) {
	parts := strings.Split(strings.ReplaceAll(format.GeneralPath(path), "[]", ".[]"), ".")
	if len(parts) < 3 || parts[0] != "override" {
		return "", nil, false
	}
	if parts[1] == "synapseLog" {
		return "synapse.#LogConfig", parts[2:], true
	}
	return parts[1] + ".#Config", parts[2:], true
}

// explainKey prints what is known of a key of upstream.
func (a *app) explainKey(path, upstream string, keys []string) error {
	table, err := format.Load(upstream)
	if err != nil {
		return usageError("the documents are those below override in docs/language.md", "%s is no setting of a document", path)
	}
	key := table.At(keys...)
	if key == nil {
		hint := "override is closed: it takes upstream's keys, as the page that explain override links to names them"
		if nearest := suggest.Nearest(keys[len(keys)-1], table.NamesAt(keys[:len(keys)-1]...)); nearest != "" {
			hint = fmt.Sprintf("did you mean %s?", nearest)
		}
		return usageError(hint, "%s is not a key that matrixgen knows", path)
	}
	fmt.Fprint(a.Out, key.Page(path))
	return nil
}
