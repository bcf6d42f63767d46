// Package conformance lets upstream's own programs judge what matrixgen builds: Synapse's loader and Synapse itself, compose-go, Traefik's
// Docker provider, its matcher and the program itself, nginx, LiveKit, coturn, Helm, kustomize, Graphviz, librsvg, mandoc, the published JSON schemas. It runs the tool as its users do and knows nothing of its insides.
// What a CI runs, ci/ and the workflows, is tried here, too: with the real git, curl and jq, against servers that play GitHub, Forgejo and GitLab.
// Element's chart for Kubernetes is not fetched: $MATRIXGEN_CONFORMANCE_ESS names its folder, charts/matrix-stack of element-hq/ess-helm.
// The judges need the script setup; the script run does all there is.
package conformance
