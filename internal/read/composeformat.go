package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// isForeignFormat reports whether a file with services is of another program, by its keys: one at the top that Compose does not have, or many
// below its services. One or two may be misspelt.
func (o outline) isForeignFormat() bool {
	for key := range o {
		if !strings.HasPrefix(key, "x-") && !slices.Contains(composeSections(), key) {
			return true
		}
	}
	known, unknown := 0, 0
	for _, key := range o["services"].grandchildren {
		switch {
		case isComposeKey(key):
			known++
		case !strings.HasPrefix(key, "x-") && key != "<<":
			unknown++
		}
	}
	return unknown*3 > known
}

// isComposeKey reports whether a service of a compose file can have a key.
func isComposeKey(key string) bool {
	return slices.Contains(strings.Fields(`image pull_policy pull_refresh_after build platform profiles extends provider container_name hostname
		domainname entrypoint command working_dir user group_add environment env_file labels label_file annotations depends_on healthcheck restart
		stop_signal stop_grace_period post_start pre_stop scale develop deploy ports expose networks network_mode mac_address dns dns_opt dns_search
		extra_hosts links external_links volumes volumes_from tmpfs configs secrets read_only storage_opt models gpus devices device_cgroup_rules
		logging attach stdin_open tty init cap_add cap_drop privileged security_opt credential_spec use_api_socket sysctls ulimits cgroup
		cgroup_parent ipc pid uts userns_mode isolation runtime blkio_config cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period
		cpu_rt_runtime cpus cpuset mem_limit mem_reservation mem_swappiness memswap_limit shm_size oom_kill_disable oom_score_adj pids_limit`), key)
}

// settleForeign takes back that files of another format are compose files, but for those that compose files include, or that a script gives to
// Compose.
func (r *reader) settleForeign() {
	used, given := map[string]bool{}, map[string]bool{}
	for _, f := range r.files {
		for _, name := range f.uses {
			used[name] = true
		}
		for _, name := range f.given {
			given[name] = true
		}
	}
	for name, f := range r.files {
		if f.isForeign && !used[name] && !given[path.Base(name)] {
			f.settle(model.KindOther)
		}
	}
}

// givenToCompose returns the base names of the files that a script has behind -f or --file in lines that speak of Compose.
func givenToCompose(script *model.Document) []string {
	if script.Kind != model.KindScript || !strings.Contains(script.Root.Text, "compose") {
		return nil
	}
	var given []string
	for line := range strings.Lines(script.Root.Text) {
		if !strings.Contains(line, "compose") || !strings.Contains(line, "-f") {
			continue
		}
		words, _ := model.SplitWords(strings.TrimSpace(line))
		for _, file := range model.OptionValues(words, "-f", "--file") {
			given = append(given, path.Base(file))
		}
	}
	return given
}
