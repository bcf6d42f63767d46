package route

import (
	"strconv"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Behind returns a deployment with the same services whose proxy is an nginx that another proxy hands requests to, as that one reaches it on a port
// of its container. It is nil if the service is no nginx, or if it cannot be told what it reads.
func Behind(d *model.Deployment, s *model.Service, port *model.Node) *model.Deployment {
	number, err := strconv.Atoi(textOf(port))
	if s == nil || s.Product != "nginx" || err != nil {
		return nil
	}
	files := containerFiles(d, s)
	n := readNginx(files)
	if n == nil || n.partial || files.guessed || len(n.servers) == 0 {
		return nil
	}
	n.firstAnswers = true
	inner := *d
	inner.Routes = n.routes(number)
	inner.Proxy = &model.Proxy{Kind: "nginx", Service: s, Home: d}
	return &inner
}

func textOf(n *model.Node) string {
	text, _ := n.Literal()
	return text
}
