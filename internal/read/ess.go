package read

import "slices"

// essComponents are the sections that only the values of Element's chart matrix-stack have, and essSections its others.
// https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/values.schema.json
func essComponents() []string {
	return []string{"matrixAuthenticationService", "matrixRTC", "wellKnownDelegation", "elementAdmin", "deploymentMarkers", "matrixTools"}
}

func essSections() []string {
	return []string{"global", "serverName", "labels", "certManager", "image", "ingress", "storage", "tolerations", "topologySpreadConstraints", "priorityClassName",
		"schedulerName", "runtimeClassName", "affinity", "clusterDomain", "networking", "initSecrets", "elementWeb", "haproxy", "hookshot", "postgres", "redis", "synapse"}
}

// notESS are sections that charts with like ones have: those that helm create makes, and those of Element's chart that is sold.
// https://docs.element.io/latest/element-server-suite-pro/
func notESS() []string {
	return []string{"apiVersion", "nameOverride", "fullnameOverride", "fullNameOverride", "replicaCount", "authentication", "dex", "adminBot", "auditBot", "groupSync",
		"advancedIdentityManagement", "matrixContentScanner", "secureBorderGateway", "sygnal", "sipBridge", "synapseAdmin"}
}

// isESS reports whether a document has values for Element's chart: most of its sections are the chart's, and one says that it is this chart.
func isESS(o outline) bool {
	ours := o.count(essComponents()...)
	if all := ours + o.count(essSections()...); 2*all <= len(o) || o.has(notESS()...) {
		return false
	}
	return ours > 0 && (len(o) > 1 || slices.ContainsFunc(essComponents(), func(key string) bool {
		return o.below(key, "enabled", "ingress", "additional", "postgres", "replicas", "image", "resources", "extraEnv", "sfu", "syn2mas")
	})) || o.below("synapse", "additional") || o.below("elementWeb", "additional") && o.has("serverName", "synapse")
}
