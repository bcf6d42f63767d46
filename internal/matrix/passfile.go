package matrix

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// Passfile is the file in which libpq looks for the password of a database.
type Passfile struct {
	// At is where its path stands, and Doc the file; nil if it is not visible.
	At  *model.Node
	Doc *model.Document
	// Lines are those of the file, each with host, port, database, user and password.
	Lines [][5]string
}

// SynapsePassfile returns the passfile of Synapse, or nil if it needs none or its path is not known.
// https://www.postgresql.org/docs/current/libpq-pgpass.html
func SynapsePassfile(d *model.Deployment) *Passfile {
	at := d.Synapse.At("database", "args", "passfile")
	name, known := at.Literal()
	if !known || name == "" || d.Synapse.Service == nil || d.Synapse.At("database", "args", "password").IsSet() {
		return nil
	}
	p := &Passfile{At: at, Doc: container.DocumentAt(d, d.Synapse.Service, name)}
	text := container.MountedText(d, d.Synapse, at)
	if text == nil {
		return p
	}
	for line := range strings.Lines(text.Text) {
		if fields := passfileFields(strings.TrimRight(line, "\r\n")); !strings.HasPrefix(line, "#") && len(fields) == 5 {
			p.Lines = append(p.Lines, [5]string(fields))
		}
	}
	return p
}

// passfileFields returns what stands between the colons of a line; a backslash takes the next character as it is.
func passfileFields(line string) []string {
	var fields []string
	var field strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			field.WriteByte(line[i])
		case c == ':' && len(fields) < 4:
			fields = append(fields, field.String())
			field.Reset()
		default:
			field.WriteByte(c)
		}
	}
	return append(fields, field.String())
}

// Password returns what libpq finds for a database, in the first line that fits. known is false if what is asked for is not known.
func (p *Passfile) Password(a *DatabaseAccess) (password string, found, known bool) {
	host, hostKnown := a.Host.Literal()
	user, userKnown := a.User.Literal()
	name, nameKnown := a.Name.Literal()
	port, portKnown := a.Port.Literal()
	if p.Doc == nil || len(p.Lines) == 0 || !hostKnown || !userKnown || !nameKnown || a.Port.IsSet() && !portKnown {
		return "", false, false
	}
	for _, line := range p.Lines {
		if slices.ContainsFunc(line[:], placeholder.In) {
			return "", false, false
		}
		fits := true
		for i, asked := range []string{host, cmp.Or(port, "5432"), name, user} {
			fits = fits && (line[i] == "*" || line[i] == asked)
		}
		if fits {
			return line[4], true, true
		}
	}
	return "", false, true
}

// ServerPassword returns the password that a Postgres is made with, or nil if it is not visible.
func ServerPassword(d *model.Deployment, server *model.Service) *model.Node {
	if inline := server.Env("POSTGRES_PASSWORD"); inline.IsSet() {
		if _, known := inline.Literal(); known {
			return inline
		}
		return nil
	}
	content := container.MountedText(d, &model.Configuration{Service: server}, server.Env("POSTGRES_PASSWORD_FILE"))
	if content == nil || placeholder.In(content.Text) {
		return nil
	}
	trimmed := *content // as a shell reads it
	trimmed.Text = strings.TrimRight(content.Text, "\n")
	return &trimmed
}
