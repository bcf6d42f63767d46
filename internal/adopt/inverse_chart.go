package adopt

import (
	"path"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// invertChart returns the fields that a stack has which a cluster runs.
func (o *Old) invertChart() *model.Node {
	v := &inverse{o, mapping()}
	v.say("target", text("kubernetes"), v.chart("serverName"))
	v.identity()
	if release, found := strings.CutSuffix(literal(v.chart("synapse", "signingKey", "secret")), "-secrets"); found && v.Generated {
		v.say("name", text(release), v.chart("synapse", "signingKey", "secret"))
	}
	for component, field := range map[string]string{"synapse": "synapse", "matrixAuthenticationService": "mas", "elementWeb": "element"} {
		v.take("hosts."+field, v.chart(component, "ingress", "host"))
	}
	v.accounts()
	v.chartDatabases()
	v.providers()
	v.passwords()
	v.mail()
	if v.stack.Get("smtp") != nil {
		v.say("smtp.notifications", boolean(v.chart("synapse", "additional", "20-synapse_email.yaml").IsSet() || v.synapse("email.enable_notifs").True()), nil)
	}
	v.branding()
	v.federation()
	v.chartWellKnown()
	v.homeserver()
	v.take("synapse.logLevel", v.chart("synapse", "logging", "rootLevel"))
	v.underrides()
	v.chartWorkers()
	v.mediaS3()
	v.turn()
	v.chartCalls()
	v.chartServices()
	v.chartAdministration()
	v.client()
	if v.document(elementName) == nil && v.chart("elementWeb", "ingress", "host").IsSet() && !v.chart("elementWeb", "enabled").False() {
		v.stack = without(v.stack, "element")
	}
	v.chartImages()
	v.chartSecrets()
	v.chartCluster()
	return v.stack
}

// underrides takes what the chart says where nobody else does.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/synapse/synapse-01-shared-underrides.yaml.tpl
func (v *inverse) underrides() {
	if !v.synapse("url_preview_enabled").IsSet() {
		v.say("synapse.urlPreviews", boolean(true), v.chart("synapse"))
	}
	if !v.synapse("experimental_features.msc4108_enabled").IsSet() {
		v.say("qrLogin", boolean(true), v.chart("synapse"))
	}
}

// chartDatabases takes where the tables are: on a server elsewhere, or in the Postgres of the chart.
func (v *inverse) chartDatabases() {
	first := ""
	for _, product := range [][2]string{{"synapse", "synapse"}, {"mas", "matrixAuthenticationService"}} {
		own := v.chart(product[1], "postgres")
		if !own.IsSet() {
			continue
		}
		server := product[0] + "-postgres"
		if where := literal(own.Get("host")) + ":" + literal(own.Get("port")); first == where {
			server = "synapse-postgres"
		} else if product[0] == "synapse" {
			first = where
		}
		at, of := "databases."+product[0]+".", "databases.servers."+server+"."
		v.say(at+"server", text(server), own)
		v.take(at+"name", own.Get("database"))
		v.take(at+"user", own.Get("user"))
		v.say(of+"kind", text("external"), own)
		v.take(of+"host", own.Get("host"))
		v.take(of+"port", own.Get("port"))
		v.take(of+"tls", own.Get("sslMode"))
	}
}

// chartWellKnown takes who has the documents of the server name, and what stands in them besides what is derived.
func (v *inverse) chartWellKnown() {
	by := "stack"
	if v.chart("wellKnownDelegation", "enabled").False() {
		by = "elsewhere"
	}
	v.say("wellKnown.servedBy", text(by), v.chart("wellKnownDelegation"))
	client := without(v.document(clientName), "m.homeserver")
	if v.chart("matrixRTC", "ingress", "host").IsSet() {
		client = without(client, "org.matrix.msc4143.rtc_foci")
	}
	client = without(client, "org.matrix.msc2965.authentication")
	if client != nil && len(client.Fields) > 0 {
		v.take("wellKnown.client", withoutChart(client))
	}
	v.take("wellKnown.support", v.document(supportName))
}

// chartWorkers takes how many workers of each kind there are. The chart has more kinds than the language: what no number says, the values do.
func (v *inverse) chartWorkers() {
	for kind, field := range map[string]string{"synchrotron": "synchrotrons", "client-reader": "clientReaders", "event-creator": "eventCreators", "event-persister": "eventPersisters",
		"federation-reader": "federationReaders", "federation-sender": "federationSenders", "pusher": "pushers", "typing-persister": "streamWriters", "media-repository": "mediaRepositories",
		"background": "background"} {
		worker := v.chart("synapse", "workers", kind)
		if !worker.Get("enabled").True() {
			continue
		}
		count := worker.Get("replicas")
		if count == nil {
			count = &model.Node{Kind: model.Int, Text: "1", Position: worker.Position}
		}
		v.take("synapse.workers."+field, count)
	}
}

// chartCalls takes LiveKit, and how the nodes let in what clients send.
func (v *inverse) chartCalls() {
	rtc := v.chart("matrixRTC")
	if rtc.Get("enabled").False() || !rtc.At("ingress", "host").IsSet() {
		v.take("calls.url", v.callsElsewhere())
		return
	}
	put(v.stack, mapping(), "calls")
	v.take("hosts.rtc", rtc.At("ingress", "host"))
	v.take("calls.publicAddress", rtc.At("sfu", "manualIP"))
	exposed := rtc.At("sfu", "exposedServices")
	v.take("calls.ports.tcp", exposed.At("rtcTcp", "port"))
	v.take("calls.ports.udp", exposed.At("rtcMuxedUdp", "port"))
	v.take("kubernetes.callPorts", exposed.At("rtcTcp", "portType"))
	said := v.document(livekitName)
	v.take("calls.maxParticipants", said.At("room", "max_participants"))
	if exposed.At("turn", "enabled").True() {
		put(v.stack, mapping(), "calls", "relay")
		v.take("calls.relay.udp", exposed.At("turn", "port"))
		v.take("calls.relay.first", said.At("turn", "relay_range_start"))
		v.take("calls.relay.last", said.At("turn", "relay_range_end"))
	}
}

// chartServices takes the registrations of application services. What one is called, the page of a build says; else its Secret does.
func (v *inverse) chartServices() {
	for _, item := range v.chart("synapse").ItemsAt("appservices") {
		secret, key := literal(item.Get("secret")), literal(item.Get("secretKey"))
		if secret == "" {
			v.note(Note{Weight: Users, Subject: "synapse.appservices", Position: item.Position, Message: "a registration in a ConfigMap is none of the language, since it holds tokens",
				Hint: "put it into a Secret, and say synapse.appservices in the stack"})
			continue
		}
		name := found(v.readme(), "(?m)^- The Secret `"+regexp.QuoteMeta(secret)+"` in the namespace .* with the registration of `([^`]+)` as `"+regexp.QuoteMeta(key)+"`")
		if name == "" {
			name = strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(key), ".yaml"), "registration"), "-"), "-")
		}
		if name == "" {
			name = strings.TrimSuffix(secret, "-registration")
		}
		v.say("synapse.appservices."+name+".secret", text(secret), item)
		v.say("synapse.appservices."+name+".key", text(key), item)
	}
}

// chartAdministration takes the page for administrators. Who they are, the page of a build says.
func (v *inverse) chartAdministration() {
	page := v.chart("elementAdmin")
	if page.Get("enabled").False() || !page.At("ingress", "host").IsSet() {
		return
	}
	said := found(v.readme(), "(?m)^- (`@.+`) (?:is an administrator|are administrators)\\.")
	admins := list()
	for _, match := range regexp.MustCompile("`@([^:`]+):").FindAllStringSubmatch(said, -1) {
		admins.Items = append(admins.Items, text(match[1]))
	}
	if len(admins.Items) == 0 {
		for _, name := range v.mas("policy.data").ItemsAt("admin_users") {
			admins.Items = append(admins.Items, text(literal(name)))
		}
	}
	if len(admins.Items) == 0 {
		v.note(Note{Weight: Step, Subject: "elementAdmin", Position: page.Position, Message: "no file says who is an administrator, and without one there is no page for them",
			Hint: "say administration: admins in the stack"})
		return
	}
	v.say("administration.admins", admins, page)
	v.take("administration.host", page.At("ingress", "host"))
	v.chartImage("administration.image", page.Get("image"))
}

// chartImages takes which images run. Those of the chart itself no file says: another version may not read the tables that are there.
func (v *inverse) chartImages() {
	for _, component := range [][3]string{{"synapse", "synapse", "Synapse"}, {"matrixAuthenticationService", "mas", "MAS"}, {"elementWeb", "element", "Element Web"}} {
		image, product := v.chart(component[0], "image"), component[1]
		v.chartImage("images."+product, image)
		switch answer := v.answers.Versions[product]; {
		case v.Generated || image.Get("tag").IsSet() || product == "element" || v.Given.Chart.Runs(component[0]) != model.Yes:
		case answer != "":
			v.say("images."+product+".tag", text(answer), v.chart(component[0]))
		default:
			v.questions = append(v.questions, Question{product, component[2] + " is of the version that the chart has, which no file here says: which is that?",
				"kubectl get pods --all-namespaces -o jsonpath='{.items[*].spec.containers[*].image}'"})
		}
	}
}

// chartImage takes an image as values name it.
func (v *inverse) chartImage(at string, n *model.Node) {
	registry, repository := literal(n.Get("registry")), literal(n.Get("repository"))
	if registry != "" && repository != "" {
		v.say(at+".repository", text(registry+"/"+repository), n.Get("repository"))
	}
	v.take(at+".tag", n.Get("tag"))
	v.take(at+".digest", n.Get("digest"))
}

// chartSecrets takes what the pods are given besides: old keys of MAS, the time zone, certificates.
func (v *inverse) chartSecrets() {
	for _, key := range v.document(masName).At("secrets").ItemsAt("keys") {
		if name := found(literal(key.Get("key_file")), `^/matrix-secrets/(mas_signing_key_(?:rsa|ec))_old$`); name != "" {
			v.say("secrets.rotating."+name, boolean(true), key)
		}
	}
	for _, variable := range v.chart("synapse").ItemsAt("extraEnv") {
		switch value := literal(variable.Get("value")); {
		case variable.Get("name").Is("TZ"):
			v.take("timeZone", variable.Get("value"))
		case variable.Get("name").Is("SSL_CERT_FILE") && v.Generated:
			for _, volume := range v.chart("synapse").ItemsAt("extraVolumes") {
				if volume.Get("name").Is("matrix-trusted") {
					v.take("kubernetes.trustedCertificates.configMap", volume.At("configMap", "name"))
					v.say("kubernetes.trustedCertificates.key", text(path.Base(value)), variable)
				}
			}
		}
	}
}

// chartCluster takes what the chart and the cluster know of each other, and who deploys it.
func (v *inverse) chartCluster() {
	v.take("kubernetes.ingressClass", v.chart("ingress", "className"))
	v.take("kubernetes.certificates.secret", v.chart("ingress", "tlsSecret"))
	v.take("kubernetes.certificates.clusterIssuer", v.chart("certManager", "clusterIssuer"))
	v.take("kubernetes.certificates.issuer", v.chart("certManager", "issuer"))
	v.take("kubernetes.storage.class", v.chart("storage", "storageClassName"))
	v.take("kubernetes.storage.media", v.chart("synapse", "media", "storage", "size"))
	v.take("kubernetes.storage.database", v.chart("postgres", "storage", "size"))
	for _, doc := range v.Given.Chart.Documents {
		if doc.ChartVersion != "" {
			v.say("kubernetes.chart", text(doc.ChartVersion), doc.Root)
		}
	}
	if !v.Generated {
		v.say("kubernetes.deployedBy", text("hand"), nil)
		return
	}
	v.take("kubernetes.namespace", v.beside("namespace.yaml").At("metadata", "name"))
	if v.beside("alerts.yaml") != nil {
		v.say("metrics.prometheus", text("operator"), nil)
		v.take("metrics.labels", v.chart("labels"))
	}
	flux, argo := v.beside("flux.yaml"), v.beside("application.yaml")
	switch {
	case flux != nil:
		v.say("kubernetes.deployedBy", text("flux"), flux)
		v.take("kubernetes.chart", v.beside("chart.yaml").At("spec", "ref", "tag"))
		v.take("kubernetes.flux.source", flux.At("spec", "sourceRef", "name"))
		v.take("kubernetes.flux.namespace", flux.At("metadata", "namespace"))
		v.take("kubernetes.flux.key", flux.At("spec", "decryption", "secretRef", "name"))
	case argo != nil:
		v.say("kubernetes.deployedBy", text("argocd"), argo)
		v.take("kubernetes.argocd.namespace", argo.At("metadata", "namespace"))
		v.take("kubernetes.argocd.project", argo.At("spec", "project"))
		if sources := argo.Get("spec").ItemsAt("sources"); len(sources) > 1 {
			v.take("kubernetes.chart", sources[0].Get("targetRevision"))
			v.take("kubernetes.argocd.repository", sources[1].Get("repoURL"))
			v.take("kubernetes.argocd.revision", sources[1].Get("targetRevision"))
		}
	default:
		v.say("kubernetes.deployedBy", text("hand"), nil)
		if version := found(v.readme(), `/matrix-stack --version ([0-9.]+) `); version != "" {
			v.say("kubernetes.chart", text(version), nil)
		}
	}
}
