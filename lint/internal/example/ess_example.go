package example

// ESS returns an archive with values for Element's chart, to be followed by more of them.
func ESS(more string) string {
	return `-- values.yaml --
serverName: example.org
elementWeb: {ingress: {host: chat.example.org}}
matrixRTC: {ingress: {host: rtc.example.org}}
elementAdmin: {ingress: {host: admin.example.org}}
` + more
}
