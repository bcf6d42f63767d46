package verify

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Docker runs the docker command of this machine.
func Docker(ctx context.Context, args ...string) ([]byte, error) {
	said, err := exec.CommandContext(ctx, "docker", args...).Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no docker command on this machine")
	case ctx.Err() != nil:
		return nil, errors.New("docker does not answer in time")
	case errors.As(err, &exit):
		// docker exec says on standard output that the container has no such program.
		first, _, _ := strings.Cut(strings.TrimSpace(string(exit.Stderr)+string(said)), "\n")
		return nil, fmt.Errorf("docker %s fails with exit code %d: %s", args[0], exit.ExitCode(), first)
	case err != nil:
		return nil, fmt.Errorf("docker %s fails: %w", args[0], err)
	}
	return said, nil
}
