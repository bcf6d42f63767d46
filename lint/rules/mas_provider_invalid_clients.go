package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// reportClient holds the way in which a client of MAS authenticates against what that needs.
func reportClient(c *model.Configuration, client *model.Node, report func(diag.Finding)) {
	method := client.Get("client_auth_method")
	name, known := method.Literal()
	if !known || placeholder.In(name) || !slices.Contains([]string{"none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"}, name) {
		return
	}
	for _, part := range []struct {
		keys   []string
		needed bool
	}{
		{[]string{"client_secret", "client_secret_file"}, strings.HasPrefix(name, "client_secret_")},
		{[]string{"jwks", "jwks_uri"}, name == "private_key_jwt"},
	} {
		i := slices.IndexFunc(part.keys, func(key string) bool { return client.Get(key).IsSet() })
		switch {
		case part.needed && i < 0 && matrix.ItemsAreWhole(c):
			report(diag.Finding{
				Position: method.Position,
				Message:  fmt.Sprintf("MAS does not start: a client with the method %s needs %s, and there is none", name, strings.Join(part.keys, " or ")),
				Hint:     "add " + part.keys[len(part.keys)-1],
			})
		case !part.needed && i >= 0:
			report(diag.Finding{
				Position: client.KeyPosition(part.keys[i]),
				Message:  fmt.Sprintf("MAS does not start: a client with the method %s takes no %s", name, part.keys[i]),
				Hint:     "delete it, or choose another client_auth_method",
				Related:  []diag.Related{{Position: method.Position, Message: "the method"}},
			})
		}
	}
}
