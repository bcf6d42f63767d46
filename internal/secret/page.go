package secret

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Page returns what there is to say about a slot, in Markdown: what it is, who reads it in which file, and what another value costs.
func Page(slot *model.Slot) string {
	var page strings.Builder
	fmt.Fprintf(&page, "%s: %s.\n\n", capital(formatText(slot.Format)), slot.What)
	if slot.Equal != "" {
		fmt.Fprintf(&page, "It has to be the same at %s.\n\n", slot.Equal)
	}
	page.WriteString("| file | read by | as | setting | since |\n|---|---|---|---|---|\n")
	for _, file := range slot.Files {
		newline := "no newline at the end"
		if file.Newline {
			newline = "a newline at the end"
		}
		since := file.Since
		if since == "" {
			since = "all that a stack can pin"
		}
		fmt.Fprintf(&page, "| `%s` | %s | user %d, mode %s, %s | `%s` | %s |\n", file.Name, file.Service, file.Owner, file.Mode, newline, file.Key, since)
	}
	fmt.Fprintf(&page, "\nAnother one costs %s. %s\n", Costs(slot), slot.Rotate)
	return page.String()
}

// formatText says what a value looks like.
func formatText(format string) string {
	return map[string]string{
		"hex32": "64 hex digits, which are 32 bytes", "rsa": "an RSA private key, PEM", "ec": "a private key on the curve P-256, PEM",
		"signing-key": "a signing key in the form of Synapse", "token": "a token of characters that stand in a URL as they are",
		"password": "a password", "given": "from elsewhere", "given-ec": "a private key on the curve P-256, PEM, from elsewhere",
	}[format]
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
