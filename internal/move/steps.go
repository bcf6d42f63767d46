package move

import (
	"fmt"
	"strings"
)

func (m *mover) prepare() Step {
	return Step{
		Title: "Prepare",
		Text: fmt.Sprintf("The machine keeps the commit before, with its docker-compose.yml: do not pull there. A day before, give the DNS records of %s a short time to live. "+
			"Back up as README.md of that commit says. Keys are not copied by hand: those of Synapse and of MAS come from secrets.sops.yaml on both sides.", m.hosts()),
	}
}

func (m *mover) deploy() Step {
	s := Step{
		Title: "Deploy to the cluster, as README.md of the new commit says",
		Text:  "The DNS records still lead to the machine: nobody reaches the cluster, and what it has so far is thrown away below.",
	}
	if m.shares() {
		s.Down, s.Text = true, "The DNS records still lead to the machine. Not before: two servers in one database spoil it."
	}
	return s
}

// pod is the one that has the volume of the media. https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/templates/synapse/_synapse_pod.tpl
func (m *mover) pod() string {
	if m.values.At("synapse", "workers", "media-repository", "enabled").True() {
		return m.release() + "-synapse-media-repository-0"
	}
	return m.release() + "-synapse-main-0"
}

// unpack is where media go.
func (m *mover) unpack(options string) string {
	return m.kubectl("exec -i %s -c synapse -- tar x -C /media/media_store%s", m.pod(), options)
}

// mediaFolder is where the machine has them.
func (m *mover) mediaFolder() string {
	if folder := literal(m.machine.Synapse.At("media_store_path")); folder != "" {
		return strings.TrimSuffix(folder, "/")
	}
	return "/data/media_store"
}

// synapse is the main process on the machine.
func (m *mover) synapse() string {
	if s := m.machine.Synapse.Service; s != nil {
		return s.Name
	}
	return "synapse"
}

// media copies them, while the server is down or not.
func (m *mover) media(down bool) Step {
	s := Step{Title: "Copy the media", Down: down, Text: "It takes long, and may be begun again."}
	if !down {
		s.Title, s.Text = "Copy the media, while the server runs", "It takes long, and may be begun again. What comes in meanwhile is copied below."
		s.Commands = append(s.Commands, fmt.Sprintf("docker compose exec %s touch %s/.copied", m.synapse(), m.mediaFolder()))
	}
	s.Commands = append(s.Commands,
		m.kubectl("exec %s -c synapse -- mkdir -p /media/media_store", m.pod()),
		fmt.Sprintf("docker compose cp %s:%s - | %s", m.synapse(), m.mediaFolder(), m.unpack(" --strip-components=1")))
	return s
}

func (m *mover) stop() Step {
	return Step{
		Title: "Stop the server on the machine", Down: true,
		Text:     "From here on it is down. The databases of the machine stay on.",
		Commands: []string{"docker compose stop " + m.writers()},
	}
}

func (m *mover) newMedia() Step {
	return Step{
		Title: "Copy the media that came in meanwhile", Down: true,
		Commands: []string{fmt.Sprintf("docker compose run --rm -T --no-deps --entrypoint sh %s -c 'cd %s && find . -type f -newer .copied -print0 | tar c --null -T -' | %s",
			m.synapse(), m.mediaFolder(), m.unpack(""))},
	}
}

// empty stops what writes into the databases of the cluster.
func (m *mover) empty() Step {
	s := Step{Title: "Stop Synapse and MAS in the cluster", Down: true}
	switch {
	case m.flux():
		s.Commands = append(s.Commands, m.kubectl("patch helmrelease %s --type merge --patch '{\"spec\":{\"suspend\":true}}'", m.release()))
	case m.argo():
		s.Text = "Argo CD would start them again: it is told to wait."
		s.Commands = append(s.Commands, m.unsync())
	}
	s.Commands = append(s.Commands, m.scaleDown()...)
	return s
}

// unsync tells Argo CD to wait.
func (m *mover) unsync() string {
	namespace := literal(m.cluster.Document("kubernetes/application.yaml").Root.At("metadata", "namespace"))
	return fmt.Sprintf("kubectl --namespace %s patch application %s --type merge --patch '{\"spec\":{\"syncPolicy\":null}}'", namespace, m.release())
}

// scaleDown stops what writes into the databases. https://github.com/element-hq/ess-helm/blob/main/docs/maintenance.md#backup
func (m *mover) scaleDown() []string {
	return []string{
		m.kubectl("scale statefulset --selector app.kubernetes.io/component=matrix-server --replicas 0"),
		m.kubectl("scale deployment --selector app.kubernetes.io/component=matrix-authentication --replicas 0"),
	}
}

// copy copies the databases. The new role owns all of it.
func (m *mover) copy() Step {
	s := Step{Title: "Copy the databases", Down: true, Text: "A command that fails leaves the new database empty, and the old one as it is."}
	for _, d := range m.databases {
		switch {
		case d.stays():
			s.Text += fmt.Sprintf(" That of %s stays where it is, at %s.", d.product, d.from.host)
			continue
		case d.from == place{}:
			s.Text += fmt.Sprintf(" Where that of %s is, the files do not say: it is copied, too.", d.product)
			continue
		}
		dump := fmt.Sprintf("docker compose exec -T %s pg_dump -U %s --no-owner --no-privileges %s", d.from.service, d.from.user, d.from.name)
		if d.from.service == "" {
			dump = d.from.dumped()
		}
		if d.to.host != "" {
			// The cluster has made its tables there.
			dump = strings.Replace(dump, "pg_dump ", "pg_dump --clean --if-exists ", 1)
			s.Commands = append(s.Commands, dump+" | "+d.to.filled()+" --single-transaction -v ON_ERROR_STOP=1")
			continue
		}
		server := fmt.Sprintf("statefulset/%s-postgres -- psql -U postgres", m.release())
		s.Commands = append(s.Commands,
			m.kubectl("exec %s -c 'DROP DATABASE %s WITH (FORCE)' -c \"CREATE DATABASE %s OWNER %s ENCODING UTF8 LOCALE 'C' TEMPLATE template0\"", server, d.to.name, d.to.name, d.to.user),
			dump+" | "+m.kubectl("exec -i %s -d %s --single-transaction -v ON_ERROR_STOP=1 -c 'SET ROLE %s' -f -", server, d.to.name, d.to.user))
	}
	return s
}

func orDefault(port string) string {
	if port == "" {
		return "5432"
	}
	return port
}

// start starts them again, by what deploys the chart: it sets the numbers of pods that it had.
func (m *mover) start() Step {
	s := Step{Title: "Start Synapse and MAS in the cluster", Down: true, Text: "They find the users, the rooms and the sessions of before."}
	switch {
	case m.flux():
		s.Commands = []string{
			m.kubectl("patch helmrelease %s --type merge --patch '{\"spec\":{\"suspend\":false}}'", m.release()),
			fmt.Sprintf("flux reconcile helmrelease %s --namespace %s --force", m.release(), m.namespace()),
		}
	case m.argo():
		s.Commands = []string{"kubectl apply -f kubernetes/application.yaml"}
	default:
		s.Text += " With the last command of README.md, helm upgrade."
	}
	return s
}

func (m *mover) lead() Step {
	lost := "Once somebody has written something in the cluster there is none: the machine does not have it."
	if !m.copies() {
		lost = "Once somebody has sent a file in the cluster, going back loses it: the machine has the databases and not the media."
	}
	return Step{
		Title: "Let the DNS records lead to the cluster", Down: true,
		Text: fmt.Sprintf("Those of %s. The server is up again where they are known. Ask it from outside with matrixgen verify, and sign in. "+
			"Until then the way back is open: stop Synapse and MAS in the cluster, docker compose start on the machine. "+lost, m.hosts()),
	}
}

func (m *mover) end() Step {
	return Step{
		Title: "Take the machine out of service",
		Text: "Never start its Synapse again while the cluster's runs: two servers with one signing key contradict each other. Once a backup of the cluster has been restored for a try, docker compose down, " +
			"without --volumes as long as you want the old data.",
	}
}
