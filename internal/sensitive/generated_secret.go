package sensitive

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Generated is how a guide or a script makes the value of a variable with openssl rand.
type Generated struct {
	variable string
	// Encoding is hex or base64, and bytes is how many bytes it makes; 0 if that is not known.
	Encoding string
	Bytes    int
	At       diag.Position
	// Advice says that it is only written in a comment of an env file.
	Advice bool
}

// randomAssigned matches a variable that a command makes with openssl rand.
var randomAssigned = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b([A-Za-z_]\w*)=["']?\$\(\s*openssl\s+rand\s+([^)|]*)\)`)
})

// randomAdvised matches the advice to make a value with openssl rand.
var randomAdvised = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`openssl\s+rand\s+([^)|\x60\n]*)(\||$)?`) })

// generatedValues returns the variables that openssl rand makes: by a command, or by the comment beside one in an env file.
func generatedValues(d *model.Deployment) []Generated {
	var found []Generated
	for _, line := range container.ShellLinesWith(d, "openssl") {
		for _, match := range randomAssigned().FindAllStringSubmatchIndex(line.Text, -1) {
			g := randomBytes(line.Text[match[4]:match[5]])
			g.variable, g.At = line.Text[match[2]:match[3]], line.Position(match[2])
			found = append(found, g)
		}
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindEnv || doc.Root == nil || !d.Guide {
			continue
		}
		for _, f := range doc.Root.Fields {
			text, at := f.Comment, f.Position
			if f.Value != nil && strings.HasPrefix(f.Value.Text, "#") {
				text, at = f.Value.Text, f.Value.Position
			}
			if match := randomAdvised().FindStringSubmatch(text); match != nil && match[2] != "|" {
				g := randomBytes(match[1])
				g.variable, g.At, g.Advice = f.Key, at, true
				found = append(found, g)
			}
		}
	}
	return found
}

// randomBytes reads the arguments of openssl rand.
func randomBytes(arguments string) Generated {
	var g Generated
	for _, word := range strings.Fields(arguments) {
		if n, err := strconv.Atoi(strings.Trim(word, "`.,;")); err == nil {
			g.Bytes = n
		}
		if word == "-hex" || word == "-base64" {
			g.Encoding = word[1:]
		}
	}
	return g
}

// Makers returns how the variables are made that a value is put together from, as it is written in a file that is rendered first.
func Makers(d *model.Deployment, value *model.Node) []Generated {
	if value == nil || value.Kind != model.String {
		return nil
	}
	used, _ := container.Variables(value.Text)
	var found []Generated
	for _, g := range generatedValues(d) {
		for _, v := range used {
			if v.Name == g.variable {
				found = append(found, g)
				break
			}
		}
	}
	return found
}
