package read

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// settleSamples marks the domains in samples that are no operator's as unknown if his own files are there too: a sample's values need not fit theirs.
func settleSamples(d *model.Deployment) {
	var samples []func()
	own := false
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c == nil {
			continue
		}
		for _, doc := range c.Documents {
			switch {
			case isTemplate(doc.Name) && c.Guessed:
				samples = append(samples, func() { markDomains(doc.Root, exampleDomain()) })
			case isTemplate(doc.Name) && c.Service == nil:
				samples = append(samples, func() { markDomains(doc.Root, upstreamDomain()) })
			default:
				own = true
			}
		}
	}
	for _, mark := range samples {
		if own {
			mark()
		}
	}
}

func markDomains(n *model.Node, domain *regexp.Regexp) {
	for _, f := range n.Fields {
		markDomains(f.Value, domain)
	}
	for _, item := range n.Items {
		markDomains(item, domain)
	}
	if n.Kind == model.String && domain.MatchString(n.Text) {
		n.Unknown = true
	}
}

// exampleDomain matches the domains that no operator has: those reserved for examples (RFC 2606), and upstreamDomain, which Element's config.sample.json has.
var (
	exampleDomain  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(?:example\.(?:com|org|net)|matrix\.org)\b`) })
	upstreamDomain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bmatrix\.org\b`) })
)

// settleSecretsOfSamples marks what stands in samples where secrets belong as unknown. Whoever copies a sample writes his own there.
func settleSecretsOfSamples(d *model.Deployment) {
	mounted := map[*model.Document]bool{}
	var folders []string
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			mounted[m.Document] = mounted[m.Document] || !isTemplate(m.Target)
			if m.Type == "bind" {
				folders = append(folders, path.Clean(m.Source)+"/")
			}
		}
	}
	inSampleFolder := func(doc *model.Document) bool {
		return isSampleFolder(path.Dir(doc.Name)) && !slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(doc.Name, folder) })
	}
	for _, doc := range d.Documents {
		if doc.Sample = (isSample(doc.Name) || inSampleFolder(doc)) && !mounted[doc] && doc.Root != nil; doc.Sample && doc.Kind != model.KindEnv {
			markSecrets(doc.Root, doc.Kind == model.KindLiveKit)
		}
	}
}

// isSampleFolder reports whether the name of a folder, or of one above it, says that people copy what is in it: data_example, config.sample.
func isSampleFolder(folder string) bool {
	return slices.ContainsFunc(strings.Split(folder, "/"), func(name string) bool {
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("._-", r) })
		return slices.ContainsFunc(words, func(word string) bool {
			return word == "example" || word == "sample" || word == "examples" || word == "samples"
		})
	})
}

// markSecrets marks the values whose keys are those of secrets, and connection strings with a password. named says that the keys of a map below keys name
// secrets.
func markSecrets(n *model.Node, named bool) {
	for _, f := range n.Fields {
		switch {
		case f.Value.Kind == model.String && (isSecretKey(f.Key) || passwordInURL().MatchString(f.Value.Text)):
			f.Value.Unknown = true
		case named && f.Key == "keys":
			for _, g := range f.Value.Fields {
				g.Value.Unknown = true
			}
		default:
			markSecrets(f.Value, named)
		}
	}
	for _, item := range n.Items {
		if name, _, assigned := strings.Cut(item.Text, "="); assigned && item.Kind == model.String && isSecretKey(name) {
			item.Unknown = true // of an environment as a list
		}
		markSecrets(item, named)
	}
}

// isSecretKey reports whether a secret belongs at a key of that name.
func isSecretKey(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc([]string{"password", "_pass", "secret", "token", "pepper", "passphrase", "secret_key", "_key", "livekit_keys", "encryption"}, func(end string) bool {
		return strings.HasSuffix(key, end)
	})
}

// passwordInURL matches a connection string with a password.
var passwordInURL = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^:/@\s]*:[^@\s/]+@`) })
