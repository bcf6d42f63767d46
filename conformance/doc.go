// Package conformance lets upstream's own programs judge what matrixgen builds: Synapse's loader and Synapse itself, compose-go, Traefik's
// Docker provider and matcher, nginx, Graphviz, the published JSON schemas. It runs the tool as its users do and knows nothing of its insides.
// The judges need the script setup; the script run does all there is.
package conformance
