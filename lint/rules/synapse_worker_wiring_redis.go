package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// checkRedis checks that the processes of Synapse reach Redis, and that both agree on whether there is a password.
func checkRedis(d *model.Deployment, report func(diag.Finding)) {
	host := d.Synapse.At("redis", "host")
	name, known := host.Literal()
	if d.Synapse.Service == nil || !known || placeholder.In(name) || d.Synapse.At("redis", "path").IsSet() || !d.Synapse.At("redis", "enabled").True() {
		return
	}
	reach, found := container.Answering(d, d.Synapse.Service, name)
	switch {
	case reach == container.ReachNobody && !container.HasForeignNetwork(d, d.Synapse.Service) && container.IsWhole(d, d.Synapse.Service):
		report(diag.Finding{
			Position: host.Position,
			Message:  "the processes of Synapse do not hear of each other, since they do not reach Redis: " + container.NoName(d, name),
			Hint:     "write the name of the service that runs Redis",
		})
	case reach == container.ReachOtherNetwork && found[0].Product == "redis":
		report(diag.Finding{
			Position: host.Position,
			Message:  fmt.Sprintf("%s does not reach Redis: it is on no network together with %s", d.Synapse.Service.Name, found[0].Name),
			Hint:     "give both the same network",
			Related:  []diag.Related{{Position: found[0].Position, Message: "Redis"}},
		})
	case reach == container.ReachService && len(found) == 1 && found[0].Product == "redis":
		checkRedisPassword(d, found[0], report)
	}
}

// checkRedisPassword compares what the command of Redis says of a password with what Synapse has.
func checkRedisPassword(d *model.Deployment, redis *model.Service, report func(diag.Finding)) {
	command := redis.Node.Get("command")
	words, known := container.ShellWords(command)
	if redis.Node.Get("entrypoint").IsSet() || !container.IsOfficial(redis.Image) || !strings.HasSuffix(redis.Image.Repository, "redis") {
		return
	}
	of := d.Synapse.At("redis")
	path := of.Get("password_path")
	has := of.Get("password").IsSet() || path.IsSet()
	says := func(item *model.Node) bool { return strings.Contains(item.Text, "--requirepass") }
	asked := command != nil && (says(command) || slices.ContainsFunc(command.Items, says))
	// A file of its own, or a shell, may say it, too.
	unseen := slices.ContainsFunc(words, func(word string) bool {
		return strings.HasPrefix(word, "/") || strings.HasSuffix(word, ".conf") || word == "-" || word == "sh" || strings.Contains(word, "$") || strings.Contains(word, "aclfile") || strings.Contains(word, "user")
	})
	related := []diag.Related{{Position: redis.Position, Message: "Redis"}}
	switch {
	case asked && !has && d.Synapse.Lacks("redis", "password") == model.Yes && d.Synapse.Lacks("redis", "password_path") == model.Yes:
		report(diag.Finding{
			Position: d.Synapse.Nearest("redis"),
			Message:  "the processes of Synapse do not hear of each other: Redis wants a password, and they have none",
			Hint:     "write redis.password_path with the file of the password",
			Related:  related,
		})
	case known && !asked && !unseen && has && container.MountsKnown(d, redis) && container.EnvironmentKnown(d, redis):
		at := of.Get("password")
		if path.IsSet() {
			at = path
		}
		report(diag.Finding{
			Position: at.Position,
			Message:  "the processes of Synapse do not hear of each other: they send a password, and Redis has none",
			Hint:     "start Redis with the password, or delete the line",
			Related:  related,
		})
	}
}
