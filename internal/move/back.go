package move

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
)

// outOf returns the steps from a cluster to a machine. Synapse of the machine starts when that of the cluster has stopped: also where both have a database in common.
func (m *mover) outOf() []Step {
	m.databases = []database{
		{"Synapse", m.inCluster("synapse"), m.onMachine(matrix.SynapseDatabase(m.machine))},
		{"MAS", m.inCluster("matrixAuthenticationService"), m.onMachine(matrix.MASDatabase(m.machine))},
	}
	steps := []Step{m.prepareBack()}
	if pause := m.pause(); len(pause) > 0 {
		steps = append(steps, m.hold(pause))
	}
	steps = append(steps, m.ready(), m.mediaBack(), m.close(), m.newMediaBack(), m.stopCluster())
	if m.copies() {
		steps = append(steps, m.copyBack())
	}
	return append(steps, m.startMachine(), m.leadBack(), m.endCluster())
}

func (m *mover) prepareBack() Step {
	return Step{
		Title: "Prepare",
		Text: fmt.Sprintf("A day before, give the DNS records of %s a short time to live. Back up the cluster: https://github.com/element-hq/ess-helm/blob/main/docs/maintenance.md says how. "+
			"Keys are not copied by hand: those of Synapse and of MAS come from secrets.sops.yaml on both sides.", m.hosts()),
	}
}

// flux reports whether Flux deploys the chart, and argo whether Argo CD does.
func (m *mover) flux() bool { return m.cluster.Document("kubernetes/release.yaml") != nil }
func (m *mover) argo() bool { return m.cluster.Document("kubernetes/application.yaml") != nil }

// pause tells what deploys the chart to wait; by hand, nothing does.
func (m *mover) pause() []string {
	switch {
	case m.flux():
		namespace := "flux-system"
		if doc := m.cluster.Document("kubernetes/flux.yaml"); doc != nil {
			namespace = literal(doc.Root.At("metadata", "namespace"))
		}
		return []string{
			fmt.Sprintf("flux suspend kustomization %s --namespace %s", m.release(), namespace),
			fmt.Sprintf("flux suspend helmrelease %s --namespace %s", m.release(), m.namespace()),
		}
	case m.argo():
		return []string{m.unsync()}
	}
	return nil
}

func (m *mover) hold(commands []string) Step {
	deployer := "Flux"
	if m.argo() {
		deployer = "Argo CD"
	}
	return Step{
		Title:    "Tell " + deployer + " to wait, before it sees the new commit",
		Text:     "It would miss the manifests that are no longer there, and start again what is stopped below.",
		Commands: commands,
	}
}

// ready has the machine make what is filled below, and starts nothing else.
func (m *mover) ready() Step {
	s := Step{
		Title: "Make the machine ready, in the folder of the new commit",
		Text:  "With what its README.md asks for: the proxy, its networks, the secrets. Synapse and MAS stay off until below.",
	}
	var servers []string
	for _, d := range m.databases {
		if d.to.service != "" && !slices.Contains(servers, d.to.service) {
			servers = append(servers, d.to.service)
		}
	}
	if len(servers) > 0 {
		s.Commands = append(s.Commands, "docker compose up -d --wait "+strings.Join(servers, " "))
	}
	for _, job := range m.machine.Services {
		if server, found := strings.CutSuffix(job.Name, "-databases"); isJob(job) && (found && slices.Contains(servers, server) || job.Name == m.synapse()+"-volume") {
			s.Commands = append(s.Commands, "docker compose run --rm "+job.Name)
		}
	}
	if host := m.foreign(); host != "" {
		s.Text += " At " + host + ", the databases are there and empty."
	}
	return s
}

// foreign returns where databases are made by hand: on a server that the machine does not run.
func (m *mover) foreign() string {
	for _, d := range m.databases {
		if !d.stays() && d.to.host != "" {
			return d.to.host
		}
	}
	return ""
}

// fill puts into the folder of the media what comes by a pipe. Its owner in the cluster is another one than on the machine.
func (m *mover) fill() string {
	folder := m.mediaFolder()
	owner := path.Dir(folder)
	if owner == "/" {
		owner = folder
	}
	return fmt.Sprintf("docker compose run --rm -T --no-deps --entrypoint sh %s -c 'mkdir -p %s && tar x --no-same-owner -C %s && chown -R --reference=%s %s'", m.synapse(), folder, folder, owner, folder)
}

func (m *mover) mediaBack() Step {
	return Step{
		Title: "Copy the media, while the server runs",
		Text:  "It takes long, and may be begun again. What comes in meanwhile is copied below.",
		Commands: []string{
			m.kubectl("exec %s -c synapse -- touch /media/media_store/.copied", m.pod()),
			m.kubectl("exec %s -c synapse -- tar c -C /media/media_store . | %s", m.pod(), m.fill()),
		},
	}
}

// close lets nobody in: then no media come any more, and the pod that has them still runs.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/templates/synapse/synapse_http_service.yaml
func (m *mover) close() Step {
	return Step{
		Title: "Let nobody in", Down: true,
		Text:     "From here on it is down: all that comes to Synapse comes by HAProxy.",
		Commands: []string{m.kubectl("scale deployment %s-haproxy --replicas 0", m.release())},
	}
}

func (m *mover) newMediaBack() Step {
	return Step{
		Title: "Copy the media that came in meanwhile", Down: true,
		Commands: []string{m.kubectl("exec %s -c synapse -- sh -c 'cd /media/media_store && find . -type f -newer .copied -print0 | tar c --null -T -' | %s", m.pod(), m.fill())},
	}
}

func (m *mover) stopCluster() Step {
	s := Step{Title: "Stop Synapse and MAS in the cluster", Down: true, Commands: m.scaleDown()}
	if m.shares() {
		s.Text = "Not later: two servers in one database spoil it. The last pod has ended when the next command lists none."
		s.Commands = append(s.Commands, m.kubectl("get pods --selector 'app.kubernetes.io/component in (matrix-server, matrix-authentication)'"))
	}
	return s
}

// copyBack copies the databases. Whoever fills one owns all of it.
func (m *mover) copyBack() Step {
	s := Step{Title: "Copy the databases", Down: true, Text: "A command that fails leaves the new database empty, and the old one as it is."}
	for _, d := range m.databases {
		switch {
		case d.stays():
			s.Text += fmt.Sprintf(" That of %s stays where it is, at %s.", d.product, d.from.host)
			continue
		case d.to == place{}:
			s.Text += fmt.Sprintf(" Where that of %s is on the machine, the files do not say: it is copied, too.", d.product)
			continue
		}
		dump := d.from.dumped()
		if d.from.host == "" {
			dump = m.kubectl("exec statefulset/%s-postgres -- pg_dump -U postgres --no-owner --no-privileges %s", m.release(), d.from.name)
		}
		fill := d.to.filled()
		if d.to.service != "" {
			fill = fmt.Sprintf("docker compose exec -T %s psql -U %s -d %s", d.to.service, d.to.user, d.to.name)
		}
		s.Commands = append(s.Commands, dump+" | "+fill+" --single-transaction -v ON_ERROR_STOP=1")
	}
	return s
}

func (m *mover) startMachine() Step {
	return Step{
		Title: "Start the server on the machine", Down: true,
		Text:     "It finds the users, the rooms and the sessions of before.",
		Commands: []string{"docker compose up -d --wait --wait-timeout 600"},
	}
}

func (m *mover) leadBack() Step {
	lost := "Once somebody has written something on the machine there is none: the cluster does not have it."
	if !m.copies() {
		lost = "Once somebody has sent a file on the machine, going back loses it: the cluster has the databases and not the media."
	}
	start := "deploy the commit before as its README.md says"
	switch {
	case m.flux():
		start = fmt.Sprintf("go back to the commit before, say resume in place of suspend above, and flux reconcile helmrelease %s --namespace %s --force", m.release(), m.namespace())
	case m.argo():
		start = "go back to the commit before, and kubectl apply -f kubernetes/application.yaml"
	}
	return Step{
		Title: "Let the DNS records lead to the machine", Down: true,
		Text: fmt.Sprintf("Those of %s. The server is up again where they are known. Ask it from outside with matrixgen verify, and sign in. "+
			"Until then the way back is open: docker compose stop %s on the machine, then %s. ", m.hosts(), m.writers(), start) + lost,
	}
}

func (m *mover) endCluster() Step {
	s := Step{
		Title: "Take the cluster out of service",
		Text: fmt.Sprintf("Never start its Synapse again while the machine's runs: two servers with one signing key contradict each other. Once a backup of the machine has been restored for a try, "+
			"helm uninstall %s %s-secrets --namespace %s. The volumes stay, as long as you want the old data.", m.release(), m.release(), m.namespace()),
	}
	switch {
	case m.flux():
		s.Text += " What Flux was told, delete first, while it is suspended: the Kustomization and both HelmReleases."
	case m.argo():
		s.Text = strings.Replace(s.Text, fmt.Sprintf("helm uninstall %s %s-secrets", m.release(), m.release()), fmt.Sprintf("delete the Application, and helm uninstall %s-secrets", m.release()), 1)
	}
	return s
}
