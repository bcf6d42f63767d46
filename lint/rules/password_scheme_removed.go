package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// passwordSchemeRemoved: MAS finds by its number in the database how a password was hashed.
func passwordSchemeRemoved() lint.Rule {
	schemes := "passwords:\n  enabled: true\n  schemes:\n    - {version: 1, algorithm: bcrypt, unicode_normalization: true}\n    - {version: 2, algorithm: argon2id}\n"
	return lint.Rule{
		Name:      "password-scheme-removed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas; against an earlier revision",
		Title:     "passwords can no longer be checked",
		Why: "MAS keeps with each password the number of the scheme that hashed it. Without that scheme, or with another algorithm under its number, " +
			"nobody can sign in whose password was not hashed anew since, and nothing but a new password helps.",
		Sees: "an error page after the login, with Hashing scheme not found in the log of MAS; or the password is refused, though it is right",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Hashing scheme not found"},
		},
		Earlier: example.MAS(schemes),
		Before:  example.MAS("passwords:\n  enabled: true\n"),
		After:   example.MAS(schemes + "  minimum_complexity: 2\n"),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#passwords",
			"element-hq/matrix-authentication-service crates/handlers/src/passwords.rs",
		},
		CheckChange: checkPasswordSchemeRemoved,
	}
}

// scheme is an entry of passwords.schemes.
type scheme struct {
	version, algorithm string
	at                 diag.Position
}

func checkPasswordSchemeRemoved(before, after *model.Deployment, report func(diag.Finding)) {
	for _, d := range []*model.Deployment{before, after} {
		if d.MAS == nil || d.MAS.Bool(true, "passwords", "enabled") != model.Yes {
			return // nobody has a password, or may use one, which is told elsewhere
		}
	}
	old, new := passwordSchemes(before.MAS), passwordSchemes(after.MAS)
	if old == nil || new == nil {
		return
	}
	report = lint.Guessing(report, before.MAS, after.MAS)
	var lost []scheme
	for _, s := range old {
		i := slices.IndexFunc(new, func(n scheme) bool { return n.version == s.version })
		if i < 0 || new[i].algorithm != s.algorithm {
			lost = append(lost, s)
		}
	}
	if len(lost) > 0 {
		reportSchemes(lost, before.MAS, after.MAS, report)
	}
}

func reportSchemes(lost []scheme, before, after *model.Configuration, report func(diag.Finding)) {
	f := diag.Finding{
		Position: after.Nearest("passwords", "schemes"), Subject: lost[0].version + " " + lost[0].algorithm,
		Hint: "keep each scheme under its number, in a stack with passwords: fromSynapse: true, and add new ones with higher numbers; MAS hashes a password anew when its owner signs in",
	}
	var names []string
	for _, s := range lost {
		names = append(names, fmt.Sprintf("%s (%s)", s.version, s.algorithm))
		f.Related = append(f.Related, diag.Related{Position: s.at, Message: "before, this was scheme " + s.version})
	}
	f.Message = fmt.Sprintf("who has a password of scheme %s can no longer sign in: MAS has no such scheme any more", strings.Join(names, " or "))
	if before.Lacks("passwords", "schemes") == model.Yes {
		f.Severity = diag.Warning // the default: nobody may have had a password yet
	}
	report(f)
}

// passwordSchemes returns how passwords may be hashed, or nil if that is not known.
func passwordSchemes(mas *model.Configuration) []scheme {
	switch mas.Lacks("passwords", "schemes") {
	case model.CannotTell:
		return nil
	case model.Yes: // https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#passwords
		return []scheme{{"1", "argon2id", mas.Nearest("passwords")}}
	}
	var schemes []scheme
	for _, item := range mas.Root.At("passwords").ItemsAt("schemes") {
		version, known := item.Get("version").Literal()
		algorithm, knownToo := item.Get("algorithm").Literal()
		if !known || !knownToo {
			return nil
		}
		schemes = append(schemes, scheme{version, algorithm, item.Get("algorithm").Position})
	}
	return schemes
}
