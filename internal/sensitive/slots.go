package sensitive

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// SecretsFolder is where compose mounts secrets.
const SecretsFolder = "/run/secrets/"

// NearestSecret returns the secret that the service has and that is most like the name, or "".
func NearestSecret(s *model.Service, name string) string {
	var names []string
	for _, m := range s.Mounts {
		if have, found := strings.CutPrefix(m.Target, SecretsFolder); found {
			names = append(names, have)
		}
	}
	return suggest.Nearest(name, names)
}
