package adopt

import "github.com/matrixgen/matrixgen/internal/model"

// bridges takes the bridges of a build. Their registrations are secrets, and the programs of others have no file: the compose file says who may use them. Those of
// another deployment stay services of the operator's own.
func (v *inverse) bridges() {
	for _, f := range v.told("bridges").Entries() {
		role := "bridge-" + f.Key
		service := v.Given.Service(role)
		if service == nil {
			continue
		}
		v.Roles[role] = service
		put(v.stack, clone(f.Value, nil), "bridges", f.Key)
		v.sayImage("bridges."+f.Key+".image", v.service(role, "image"))
		if _, number := v.publishedPort(role, "9000"); f.Value.Get("webhooks") != nil && number != "" {
			v.say("proxy.ports.webhooks", &model.Node{Kind: model.Int, Text: number}, v.service(role, "ports"))
		}
	}
}
