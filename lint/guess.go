package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Guessing returns a report for what holds only if the services read the files that they seem to read: it says so, and makes no error of it.
func Guessing(report func(diag.Finding), configurations ...*model.Configuration) func(diag.Finding) {
	for _, c := range configurations {
		if c != nil && c.Guessed {
			return Unsure(report)
		}
	}
	return report
}

// GuessingProxy is guessing for the files of the proxy.
func GuessingProxy(d *model.Deployment, report func(diag.Finding)) func(diag.Finding) {
	if d.Proxy != nil && d.Proxy.Guessed {
		return Unsure(report)
	}
	return report
}

// unsure is what a finding says that holds only if the services read the files that they seem to read.
const unsure = "; nothing shows for sure that the services read these files"

// guessedFiles returns the files of configurations of which nothing shows for sure that the services read them.
func guessedFiles(d *model.Deployment) map[string]bool {
	files := map[string]bool{}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c != nil && c.Guessed {
			for _, doc := range c.Documents {
				files[doc.Root.Position.File] = true
			}
		}
	}
	return files
}

func Unsure(report func(diag.Finding)) func(diag.Finding) {
	return func(f diag.Finding) {
		if f.Severity == 0 || f.Severity == diag.Error {
			f.Severity = diag.Warning
		}
		f.Message += unsure
		report(f)
	}
}

// OnceMigrated returns a report for what may be over: where Synapse leaves logins to MAS already, and only a script still speaks of the migration,
// there are warnings at most.
func OnceMigrated(d *model.Deployment, report func(diag.Finding)) func(diag.Finding) {
	if how := matrix.DelegationOf(d.Synapse); d.Guide || len(d.Before) > 0 || how != matrix.Delegated && how != matrix.DelegatedByMSC3861 {
		return report
	}
	return func(f diag.Finding) {
		f.Severity = diag.Warning
		report(f)
	}
}

// WarnLocally makes a warning of an error about a host of the machine itself: such a server is for development.
func WarnLocally(f *diag.Finding, host string) {
	if matrix.IsLoopback(host) && f.Severity != diag.Info {
		f.Severity = diag.Warning
	}
}
