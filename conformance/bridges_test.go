package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"
)

// bridged is a Synapse with its bridges, whose places on this machine are known before anything runs.
type bridged struct {
	deployment
	homeserver
	base     string         // of Synapse
	secret   string         // shared with MAS
	database int            // the port of Postgres
	ports    map[string]int // of each bridge, by its name
	synapse  *process
}

// TestBridges starts every bridge that can be had against Synapse, with the files, the variables and the arguments that the stack has for it. Anna logs in at each and gets
// what the network sends; who may not use one gets nothing.
func TestBridges(t *testing.T) {
	b := deploymentOf(t, "bridges").bridged(t)
	judged := 0
	for name := range b.ports {
		var kind string
		if image := b.service(t, name).Image; strings.HasPrefix(image, "dock.mau.dev/mautrix/") {
			kind, _, _ = strings.Cut(strings.TrimPrefix(image, "dock.mau.dev/mautrix/"), ":")
		}
		switch {
		case kind == "discord":
			// It is older than what of mautrix can be had.
		case kind != "":
			judged++
			t.Run(name, func(t *testing.T) { b.mautrix(t, name, kind) })
		case name == "irc":
			judged++
			t.Run(name, func(t *testing.T) { b.heisenbridge(t, name) })
		}
	}
	if judged < 9 {
		t.Errorf("%d bridges were judged", judged)
	}
}

// bridged starts Synapse, with a MAS that knows Anna and Bob.
func (d deployment) bridged(t *testing.T) *bridged {
	t.Helper()
	secrets, folder := d.secrets(t), t.TempDir()
	secret, err := os.ReadFile(filepath.Join(secrets, "synapse_matrix_secret"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bridged{deployment: d, homeserver: d.homeserver(t), secret: strings.TrimSpace(string(secret)), ports: map[string]int{}}
	var pairs []string
	registrations, _ := filepath.Glob(filepath.Join(secrets, "synapse_registration_*"))
	for _, file := range registrations {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var said registration
		if err := json.Unmarshal(content, &said); err != nil {
			t.Fatal(err)
		}
		b.ports[said.ID] = freePort(t)
		here := write(t, mapped(t, content, said.URL, b.url(said.ID)), folder, filepath.Base(file))
		pairs = append(pairs, "- /run/secrets/"+filepath.Base(file)+"\n", "- "+here+"\n")
	}
	// Everybody's token is mat_ and the name.
	mas := introspecting(t, b.secret, func(token string) (string, bool) { return strings.CutPrefix(token, "mat_") })
	b.base, b.synapse, b.database = d.runSynapse(t, mas+"/", pairs...)
	return b
}

// registration is what Synapse is told of a bridge.
type registration struct {
	ID         string
	URL        string
	Sender     string `yaml:"sender_localpart" json:"sender_localpart"`
	Limited    bool   `yaml:"rate_limited" json:"rate_limited"`
	Ephemeral  bool   `yaml:"receive_ephemeral" json:"receive_ephemeral"`
	MSC2409    bool   `yaml:"de.sorunome.msc2409.push_ephemeral" json:"de.sorunome.msc2409.push_ephemeral"`
	MSC3202    bool   `yaml:"org.matrix.msc3202" json:"org.matrix.msc3202"`
	MSC4190    bool   `yaml:"io.element.msc4190" json:"io.element.msc4190"`
	Namespaces struct {
		Users []struct {
			Regex     string
			Exclusive bool
		}
	}
}

// url is where Synapse finds a bridge: an address of its own, as each container has one beside 127.0.0.1.
func (b *bridged) url(name string) string { return fmt.Sprintf("http://127.0.0.2:%d", b.ports[name]) }

func (b *bridged) service(t *testing.T, name string) types.ServiceConfig {
	t.Helper()
	return b.project(t).Services["bridge-"+name]
}

// person is somebody with a client.
type person struct {
	b     *bridged
	id    string
	token string
}

// person is somebody of whom Synapse was told as MAS does.
func (b *bridged) person(t *testing.T, name string) person {
	t.Helper()
	mas := person{b: b, token: b.secret}
	mas.must(t, http.MethodPost, "/_synapse/mas/provision_user", map[string]any{"localpart": name})
	mas.must(t, http.MethodPost, "/_synapse/mas/upsert_device", map[string]any{"localpart": name, "device_id": "PHONE"})
	return person{b, "@" + name + ":" + b.ServerName, "mat_" + name}
}

// ask asks Synapse, and waits when it is told to.
func (p person) ask(method, path string, body any) (map[string]any, error) {
	for {
		answer, err := p.once(method, path, body)
		if wait, _ := answer["retry_after_ms"].(float64); err != nil && wait > 0 {
			time.Sleep(time.Duration(wait) * time.Millisecond)
			continue
		}
		return answer, err
	}
}

func (p person) once(method, path string, body any) (map[string]any, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(method, p.b.base+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer map[string]any
	if err := json.Unmarshal(said, &answer); err != nil || response.StatusCode >= 300 {
		return answer, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, said)
	}
	return answer, nil
}

func (p person) must(t *testing.T, method, path string, body any) map[string]any {
	t.Helper()
	answer, err := p.ask(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// opens starts a chat with somebody, and returns its room.
func (p person) opens(t *testing.T, with string) string {
	t.Helper()
	return p.must(t, http.MethodPost, "/_matrix/client/v3/createRoom", map[string]any{"preset": "trusted_private_chat", "is_direct": true, "invite": []string{with}})["room_id"].(string)
}

func (p person) says(t *testing.T, room, text string) {
	t.Helper()
	path := fmt.Sprintf("/_matrix/client/v3/rooms/%s/send/m.room.message/%d", url.PathEscape(room), time.Now().UnixNano())
	p.must(t, http.MethodPut, path, map[string]any{"msgtype": "m.text", "body": text})
}

// reads returns who said what in a room, each as a line, the newest first.
func (p person) reads(room string) ([]string, error) {
	answer, err := p.ask(http.MethodGet, "/_matrix/client/v3/rooms/"+url.PathEscape(room)+"/messages?dir=b&limit=50", nil)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, e := range answer["chunk"].([]any) {
		event := e.(map[string]any)
		if event["type"] == "m.room.message" {
			lines = append(lines, fmt.Sprint(event["sender"], ": ", event["content"].(map[string]any)["body"]))
		}
	}
	return lines, nil
}

// sees says whether a line is in the room by now.
func (p person) sees(room, line string) func() error {
	return func() error {
		lines, err := p.reads(room)
		if err == nil && !slices.ContainsFunc(lines, func(said string) bool { return strings.Contains(said, line) }) {
			err = fmt.Errorf("nobody said %q, but\n%s", line, strings.Join(lines, "\n"))
		}
		return err
	}
}

// members returns who is in the room, or invited.
func (p person) member(room, who, membership string) func() error {
	return func() error {
		answer, err := p.ask(http.MethodGet, "/_matrix/client/v3/rooms/"+url.PathEscape(room)+"/state/m.room.member/"+url.PathEscape(who), nil)
		if err == nil && answer["membership"] != membership {
			err = fmt.Errorf("%s is %v in the room", who, answer["membership"])
		}
		return err
	}
}

// room returns the room that is called so and that the person is in.
func (p person) room(t *testing.T, bridge *process, name string) string {
	t.Helper()
	var found string
	bridge.until(t, "made a room", time.Minute, func() error {
		answer, err := p.ask(http.MethodGet, "/_matrix/client/v3/joined_rooms", nil)
		if err != nil {
			return err
		}
		for _, r := range answer["joined_rooms"].([]any) {
			room := r.(string)
			if state, err := p.ask(http.MethodGet, "/_matrix/client/v3/rooms/"+url.PathEscape(room)+"/state/m.room.name/", nil); err == nil && state["name"] == name {
				found = room
				return nil
			}
		}
		return fmt.Errorf("%s is in no room %q", p.id, name)
	})
	return found
}

// mautrix starts a bridge of mautrix, as compose does but for the network on the other side.
func (b *bridged) mautrix(t *testing.T, name, kind string) {
	// Synapse lets nobody write as much as all bridges are told here.
	anna, bob := b.person(t, "anna-"+name), b.person(t, "bob")
	service, secrets, folder := b.service(t, name), b.secrets(t), t.TempDir()
	own := b.read(t, "bridges/"+name+".yaml")
	var config struct {
		Database   struct{ URI string }
		Appservice struct {
			Address string
			Port    int
			Bot     struct{ Username string }
		}
		Bridge     struct{ Permissions map[string]string }
		Encryption struct{ Allow bool }
	}
	if err := yaml.Unmarshal(own, &config); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(config.Database.URI)
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, mapped(t, own, "@"+at.Host, fmt.Sprintf("@127.0.0.1:%d", b.database),
		fmt.Sprintf("http://synapse.%s.internal:8008", b.project(t).Name), b.base,
		config.Appservice.Address, b.url(name), fmt.Sprintf("port: %d\n", config.Appservice.Port), fmt.Sprintf("port: %d\n", b.ports[name])), folder, "config.yaml")
	variables := []string{"NETWORK=" + kind, "HOME=" + folder}
	for key, value := range service.Environment {
		if path, secret := strings.CutPrefix(*value, "/run/secrets/"); secret {
			*value = filepath.Join(secrets, path)
		}
		if key == "PGPASSFILE" {
			content, err := os.ReadFile(*value)
			if err != nil {
				t.Fatal(err)
			}
			*value = write(t, mapped(t, content, at.Host+":", fmt.Sprintf("127.0.0.1:%d:", b.database)), folder, "pgpass")
		}
		variables = append(variables, key+"="+*value)
	}
	program := installed(t, "mautrix", cacheFolder(t))
	b.registers(t, program, name, kind, own, variables)

	if service.Command[1] != "-n" || service.Command[3] != "/config.yaml" || len(service.Command) != 4 {
		t.Fatalf("compose starts the bridge with %q", service.Command)
	}
	cmd := exec.Command(program, "-n", "-c", file)
	cmd.Env, cmd.Dir = variables, folder
	bridge := start(t, cmd)
	for _, path := range []string{"/_matrix/mau/live", "/_matrix/mau/ready"} {
		bridge.until(t, "answered "+path, time.Minute, func() error {
			response, err := http.Get(b.url(name) + path)
			if err != nil {
				return err
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("%s", response.Status)
			}
			return nil
		})
	}
	bot := "@" + config.Appservice.Bot.Username + ":" + b.ServerName
	devices := anna.must(t, http.MethodPost, "/_matrix/client/v3/keys/query", map[string]any{"device_keys": map[string]any{bot: []string{}}})["device_keys"].(map[string]any)
	if keys, _ := devices[bot].(map[string]any); (len(keys) == 1) != config.Encryption.Allow {
		t.Errorf("the bot has %d devices with keys, and encryption is %v", len(keys), config.Encryption.Allow)
	}

	chat := anna.opens(t, bot)
	bridge.until(t, "joined", time.Minute, anna.member(chat, bot, "join"))
	anna.says(t, chat, "login")
	bridge.until(t, "asked", time.Minute, anna.sees(chat, "Word"))
	anna.says(t, chat, "swordfish")
	application := "no application"
	if kind == "telegram" {
		content, err := os.ReadFile(filepath.Join(secrets, "bridge_telegram_api_hash"))
		if err != nil {
			t.Fatal(err)
		}
		application = "application " + strings.TrimSpace(string(content))
	}
	bridge.until(t, "logged Anna in", time.Minute, anna.sees(chat, "Logged in with "+application))

	// Who has no double puppet is invited, and what he wrote elsewhere is somebody else's here.
	me := anna.id
	if !slices.ContainsFunc(variables, func(v string) bool { return strings.Contains(v, "DOUBLE_PUPPET") }) {
		me = "@" + name + "_me:" + b.ServerName
		bridge.until(t, "invited Anna", time.Minute, func() error { return anna.accepts() })
	}
	portal := anna.room(t, bridge, "A chat")
	bridge.until(t, "brought what was written", time.Minute, anna.sees(portal, "@"+name+"_peer:"+b.ServerName+": Hello from the other side"))
	bridge.until(t, "brought what Anna wrote", time.Minute, anna.sees(portal, me+": Hello from my other device"))
	anna.says(t, portal, "Good morning")
	bridge.until(t, "took what Anna wrote", time.Minute, anna.sees(portal, "@"+name+"_peer:"+b.ServerName+": You said: Good morning"))

	if _, may := config.Bridge.Permissions[b.ServerName]; !may {
		room := bob.opens(t, bot)
		bridge.until(t, "refused Bob", time.Minute, bob.member(room, bot, "leave"))
	}
	for line := range strings.Lines(bridge.log.String()) {
		if strings.Contains(line, " FTL ") || strings.Contains(line, " ERR ") || strings.Contains(line, " WRN ") {
			t.Errorf("the bridge says: %s", line)
		}
	}
}

// accepts goes where the person is invited to.
func (p person) accepts() error {
	// Synapse remembers for minutes what it answered to the same question.
	answer, err := p.ask(http.MethodGet, fmt.Sprint("/_matrix/client/v3/sync?timeout=", time.Now().UnixNano()%1000), nil)
	if err != nil {
		return err
	}
	rooms, _ := answer["rooms"].(map[string]any)
	invited, _ := rooms["invite"].(map[string]any)
	for room := range invited {
		if _, err := p.ask(http.MethodPost, "/_matrix/client/v3/join/"+url.PathEscape(room), map[string]any{}); err != nil {
			return err
		}
	}
	if len(invited) == 0 {
		return fmt.Errorf("nobody invited %s", p.id)
	}
	return nil
}

// registers has the bridge complete its file and write the registration that it wants: every setting of ours is one that it knows, and Synapse is told what it wants.
func (b *bridged) registers(t *testing.T, program, name, kind string, own []byte, variables []string) {
	t.Helper()
	folder := t.TempDir()
	file, wanted := write(t, own, folder, "config.yaml"), filepath.Join(folder, "registration.yaml")
	cmd := exec.Command(program, "-g", "-c", file, "-r", wanted)
	cmd.Env = variables
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the bridge: %v\n%s", err, output)
	}
	var before, after, wants, has any
	for _, pair := range []struct {
		file string
		into any
	}{{filepath.Join(b.dir, "bridges", name+".yaml"), &before}, {file, &after}} {
		content, err := os.ReadFile(pair.file)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(content, pair.into); err != nil {
			t.Fatal(err)
		}
	}
	kept(t, name+".yaml", before, after)

	var said [2]registration
	slug := strings.ReplaceAll(name, "-", "_")
	for i, path := range []string{wanted, filepath.Join(b.secrets(t), "synapse_registration_"+slug)} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(content, &said[i]); err != nil {
			t.Fatal(err)
		}
		// The bridge invents a name for it. The order of the patterns means nothing.
		said[i].Sender = ""
		slices.SortFunc(said[i].Namespaces.Users, func(a, b struct {
			Regex     string
			Exclusive bool
		}) int {
			return strings.Compare(a.Regex, b.Regex)
		})
	}
	wants, has = said[0], said[1]
	if fmt.Sprint(wants) != fmt.Sprint(has) {
		t.Errorf("the bridge wants the registration\n%+v\nand Synapse reads\n%+v", wants, has)
	}
}

// kept fails for what the program does not take over into its own file.
func kept(t *testing.T, path string, before, after any) {
	t.Helper()
	fields, is := before.(map[string]any)
	if !is {
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%s: %v becomes %v", path, before, after)
		}
		return
	}
	others, _ := after.(map[string]any)
	for key, value := range fields {
		other, known := others[key]
		if !known {
			t.Errorf("%s: the bridge does not know %s", path, key)
			continue
		}
		kept(t, path+" "+key, value, other)
	}
}

// heisenbridge starts the bridge to IRC.
func (b *bridged) heisenbridge(t *testing.T, name string) {
	anna, bob := b.person(t, "anna"), b.person(t, "bob")
	service, folder := b.service(t, name), t.TempDir()
	arguments := []string{"-m", "heisenbridge"}
	for _, argument := range service.Command {
		switch {
		case strings.HasPrefix(argument, "/run/secrets/"):
			content, err := os.ReadFile(filepath.Join(b.secrets(t), filepath.Base(argument)))
			if err != nil {
				t.Fatal(err)
			}
			var said registration
			if err := json.Unmarshal(content, &said); err != nil {
				t.Fatal(err)
			}
			argument = write(t, mapped(t, content, said.URL, b.url(name)), folder, "registration.yaml")
		case strings.HasPrefix(argument, "http://synapse."):
			argument = b.base
		}
		arguments = append(arguments, argument)
	}
	cmd := exec.Command(installed(t, filepath.Join(cacheFolder(t), "heisenbridge", "bin", "python")), arguments...)
	cmd.Dir = folder
	bridge := start(t, cmd)
	// Synapse finds it by the address in the registration, and the check of its health by the one that every container has.
	bridge.until(t, "listened at 127.0.0.1", time.Minute, answers(b.ports[name]))
	bot := "@" + name + "bot:" + b.ServerName
	// Bob asks first, so that it has heard him once it answers Anna.
	room := bob.opens(t, bot)
	chat := anna.opens(t, bot)
	bridge.until(t, "joined", time.Minute, anna.member(chat, bot, "join"))
	anna.says(t, chat, "ADDNETWORK elsewhere")
	bridge.until(t, "took a command of its owner", time.Minute, anna.sees(chat, bot+": "))
	if bob.member(room, bot, "join")() == nil {
		t.Error("the bridge came to Bob, who may not use it")
	}
}
