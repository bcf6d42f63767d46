package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportPassfile reports a passfile of Synapse in which the password of its database is not to be found, or is another one.
func reportPassfile(d *model.Deployment, a *matrix.DatabaseAccess, server *model.Service, report func(diag.Finding)) {
	file := matrix.SynapsePassfile(d)
	if a.Config != d.Synapse || file == nil || server.Env("POSTGRES_HOST_AUTH_METHOD").IsSet() {
		return
	}
	f := diag.Finding{Position: file.At.Position, Related: []diag.Related{{Position: server.Position, Message: "the database server"}}}
	if file.Doc != nil && file.Doc.Permissions&0o077 != 0 {
		open := f
		open.Severity = diag.Warning // it may get other permissions where it goes
		open.Message = fmt.Sprintf("Synapse sends no password to its database: libpq ignores %s, which others than its owner may read", file.Doc.Name)
		open.Hint = fmt.Sprintf("chmod 600 %s, and give it to the user that Synapse runs as", file.Doc.Name)
		report(open)
	}
	password, found, known := file.Password(a)
	want := matrix.ServerPassword(d, server)
	switch {
	case !known:
		return
	case !found:
		f.Message = fmt.Sprintf("Synapse sends no password to its database: no line of its passfile is for the database %s of the user %s at %s", a.Name.Text, a.User.Text, a.Host.Text)
		f.Hint = "begin the line with what Synapse asks for: host, port, database and user, with colons between them"
	case want != nil && want.Text != password:
		f.Message = fmt.Sprintf("the database refuses Synapse: the password in its passfile is not that of %s", server.Name)
		f.Hint = "write the same password into both"
	default:
		return
	}
	report(f)
}
