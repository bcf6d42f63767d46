package upgrade

import (
	"regexp"
	"strings"
	"sync"
)

var versionOfTag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(v?)[0-9]+(?:\.[0-9]+)*(?:-?rc\.?[0-9]+)?`) })

// tagOf returns a tag with another version, written as the old one is: with v or without, and with what names the kind of the image. That it is a
// release candidate is no kind.
//
//	v1.157.1    1.163.2   v1.163.2
//	1.22.0-debug 1.23.0   1.23.0-debug
//	18.5-alpine 18.6      18.6-alpine
func tagOf(tag, version string) string {
	parts := versionOfTag().FindStringSubmatch(tag)
	if parts == nil {
		return version
	}
	return parts[1] + strings.TrimPrefix(version, "v") + tag[len(parts[0]):]
}
