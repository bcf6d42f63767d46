package adopt

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// administered reports whether a build has administrators.
func (v *inverse) administered() bool { return v.told("administration") != nil }

// administration takes who runs the server from within, and from where. Of another deployment the settings of MAS stay an override, and a page a service of
// the operator's own.
func (v *inverse) administration() {
	if !v.sayTold("administration") {
		return
	}
	if s := v.Given.Service("element-admin"); s != nil {
		v.Roles["element-admin"] = s
		v.sayImage("administration.image", v.service("element-admin", "image"))
	}
}

// forAdmins reports whether a label is of a router that leads administrators alone.
func forAdmins(label string) bool {
	router := found(label, `\.routers\.(.+)\.[a-z]+$`)
	return strings.HasSuffix(router, "-synapse-admin") || strings.HasSuffix(router, "-mas-admin") || strings.HasSuffix(router, "-element-admin")
}

// adminPort returns where the admin API of MAS answers by itself, or "".
func (v *inverse) adminPort() string {
	for _, l := range v.document(masName).At("http").ItemsAt("listeners") {
		for _, name := range resourcesOf(l.ItemsAt("resources")) {
			if name == "adminapi" && !l.Get("name").Is("web") && !l.Get("name").Is("internal") {
				return portOfBinds(l.ItemsAt("binds"))
			}
		}
	}
	return ""
}

// sayImage gives the fields of an image what a service of a build says.
func (v *inverse) sayImage(field string, n *model.Node) {
	if n == nil || n.Unknown {
		return
	}
	image := model.ParseImage(n.Text)
	v.say(field+".repository", text(image.Repository), n)
	v.say(field+".tag", text(image.Tag), n)
	if image.Digest != "" {
		v.say(field+".digest", text(image.Digest), n)
	}
}
