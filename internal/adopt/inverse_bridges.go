package adopt

import (
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// bridgeTitles are what README.md of a build calls the programs that the language knows.
func bridgeTitles() map[string]string {
	return map[string]string{"WhatsApp": "whatsapp", "Signal": "signal", "Telegram": "telegram", "Discord": "discord", "Slack": "slack", "Facebook Messenger": "meta",
		"Instagram": "instagram", "Google Messages": "gmessages", "IRC": "irc", "Hookshot": "hookshot"}
}

// bridges takes the bridges of a build. Their registrations are secrets, so that README.md says who may use them. Those of another deployment stay services of
// the operator's own.
func (v *inverse) bridges() {
	if !v.Generated {
		return
	}
	readme := v.written("README.md")
	for _, doc := range v.bridgeDocuments() {
		if readme == "" {
			v.note(Note{Weight: Users, Subject: strings.TrimSuffix(strings.TrimPrefix(doc.Name, "bridges/"), ".yaml"), Position: doc.Root.Position,
				Message: "the bridge becomes a service of your own without the file that it reads: README.md, which says who may use it, is not beside the compose file",
				Hint:    "build the stack that the files are of anew, and adopt the whole folder"})
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| (.+?) \\| `@([^`]+?):[^`]+` \\| (.+?) \\| `http://bridge-([a-z0-9-]+)\\.[^`]*:([0-9]+)` \\| (.+) \\|$").FindAllStringSubmatch(readme, -1) {
		if service := v.Given.Service("bridge-" + row[4]); service != nil {
			v.Roles[service.Name] = service
			v.bridge(row[4], row, readme)
		}
	}
}

// bridge takes one bridge, by what README.md says of it: its title, its bot, its users, its name, its port, and the users that are its alone.
func (v *inverse) bridge(name string, row []string, readme string) {
	say := func(value *model.Node, field ...string) {
		put(v.stack, valued(value, v.service("bridge-"+name)), append([]string{"bridges", name}, field...)...)
	}
	kind, known := bridgeTitles()[row[1]]
	if !known {
		kind = "other"
	}
	say(text(kind), "kind")
	v.sayImage("bridges."+name+".image", v.service("bridge-"+name, "image"))
	if !known {
		say(&model.Node{Kind: model.Int, Text: row[5]}, "port")
		say(text(row[2]), "bot")
		say(texts(strings.Split(strings.Trim(row[6], "`"), "`, `")), "ghosts")
		if uid, _, _ := strings.Cut(literal(v.service("bridge-"+name, "user")), ":"); uid != "" {
			say(&model.Node{Kind: model.Int, Text: uid}, "uid")
		}
	} else {
		for _, user := range regexp.MustCompile("`([^`]+)`( \\(admin\\))?").FindAllStringSubmatch(row[3], -1) {
			level := "user"
			if user[2] != "" {
				level = "admin"
			}
			say(text(level), "users", user[1])
		}
	}
	if host := v.routedHost("bridge-" + name); kind == "hookshot" && host != nil {
		say(host, "webhooks", "host")
		if _, number := v.publishedPort("bridge-"+name, "9000"); number != "" {
			v.say("proxy.ports.webhooks", &model.Node{Kind: model.Int, Text: number}, v.service("bridge-"+name, "ports"))
		}
	}
	v.bridgeDatabase(name, known, readme, say)
	if !known || kind == "irc" || kind == "hookshot" {
		return
	}
	file := v.written("bridges/" + name + ".yaml")
	if id := found(file, `(?m)^ +api_id: ([0-9]+)$`); kind == "telegram" && id != "" {
		say(&model.Node{Kind: model.Int, Text: id}, "apiID")
	}
	slug := strings.ReplaceAll(name, "-", "_")
	say(boolean(found(file, `(?m)^ *encryption:\n +(allow: true)$`) != ""), "encryption")
	say(boolean(v.compose.At("secrets", "bridge_"+slug+"_double_puppet") != nil || found(readme, "(?m)^\\|.*bridge_"+slug+"_secrets.*(double_puppet_as_token).*\\|$") != ""), "doublePuppet")
}

// bridgeDatabase takes where the tables of a bridge are: by its own file, else by how README.md saves them.
func (v *inverse) bridgeDatabase(name string, known bool, readme string, say func(value *model.Node, field ...string)) {
	if v.service("bridge-"+name, "environment", "PGPASSFILE") == nil {
		return
	}
	if !known {
		say(mapping(), "database")
	}
	at := regexp.MustCompile(`(?m)^ +uri: postgres://([^@]+)@[^/]+/([^?]+)\?`).FindStringSubmatch(v.written("bridges/" + name + ".yaml"))
	if at == nil {
		at = regexp.MustCompile(`(?m)pg_dump .*-U (\S+) -Fc (\S+) > \S+-bridge-` + name + `\.dump$`).FindStringSubmatch(readme)
	}
	if at != nil {
		say(text(at[1]), "database", "user")
		say(text(at[2]), "database", "name")
	}
}
