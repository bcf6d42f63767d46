package adopt

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Question is something that the files do not say and that must not be guessed.
type Question struct {
	// Product is whose version is asked for, as the language calls it.
	Product string
	// Message says what is not known, and How a command that tells it.
	Message, How string
}

// askVersion notes that the files do not say which version of a product runs.
func (v *inverse) askVersion(product, role string, image model.Image) {
	s := v.Roles[role]
	how := fmt.Sprintf("docker inspect --format '{{.Config.Image}} {{.Image}}' $(docker compose ps -q %s)", s.Name)
	switch product {
	case "synapse":
		how = fmt.Sprintf("docker compose exec %s python -c 'import synapse; print(synapse.__version__)'", s.Name)
	case "mas":
		how = fmt.Sprintf("docker compose exec %s mas-cli --version", s.Name)
	case "postgres":
		how = fmt.Sprintf("docker compose exec %s postgres --version", s.Name)
	}
	tag := image.Tag
	if tag == "" {
		tag = "no tag"
	}
	v.questions = append(v.questions, Question{product, fmt.Sprintf("the service %s runs %s with %s: which version is that?", s.Name, image.Repository, tag), how})
}

// moves reports whether a tag does not say which version runs. That of Postgres has two parts.
func moves(product string, image model.Image) bool {
	version := image.Version()
	parts := 3
	if product == "postgres" {
		parts = 2
	}
	return image.Tag == "" || image.Floating() || !version.ExactTo(parts)
}
