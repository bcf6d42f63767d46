package adopt

import (
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// administered returns what README.md of a build says of administrators, or "". Without the field, it says nothing.
func (v *inverse) administered() string {
	if !v.Generated {
		return ""
	}
	return found(v.written("README.md"), `(?m)^### Administration\n\n(.+)$`)
}

// administration takes who runs the server from within, and from where. Of another deployment the settings of MAS stay an override, and a page a service of
// the operator's own.
func (v *inverse) administration() {
	said := v.administered()
	if said == "" {
		return
	}
	names, _, _ := strings.Cut(said, " administrator")
	admins := list()
	for _, match := range regexp.MustCompile("`@([^:`]+):").FindAllStringSubmatch(names, -1) {
		admins.Items = append(admins.Items, text(match[1]))
	}
	v.say("administration.admins", admins, v.mas("policy.data.admin_users"))
	page := v.service("element-admin")
	host := found(said, "Element Admin is at `https://([^:/`]+)")
	if page == nil || host == "" {
		return
	}
	v.Roles["element-admin"] = v.Given.Service("element-admin")
	v.say("administration.host", text(host), page)
	v.sayImage("administration.image", page.Get("image"))
	if from := found(said, "/`, for ([^`]+) alone"); from != "" {
		v.say("administration.from", texts(strings.Split(from, ", ")), page)
	}
	if guards := v.adminGuards(); len(guards) > 0 {
		v.say("administration.middlewares", texts(guards), page)
	}
}

// adminGuards returns the middlewares in front of what administrators use alone: those of a router of Synapse for them that the other one does not have. The last
// is the stack's own, if addresses are listed.
func (v *inverse) adminGuards() []string {
	labels, name := v.service("synapse", "labels"), literal(v.compose.Get("name"))
	behind := func(router string) string {
		return literal(labels.Get("traefik.http.routers." + name + "-" + router + ".middlewares"))
	}
	own := strings.TrimPrefix(strings.TrimPrefix(behind("synapse-admin"), behind("synapse")), ",")
	own = strings.TrimSuffix(strings.TrimSuffix(own, name+"-admin"), ",")
	if own == "" {
		return nil
	}
	return strings.Split(own, ",")
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
