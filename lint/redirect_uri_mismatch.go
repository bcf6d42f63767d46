package lint

import (
	"fmt"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// redirectURIMismatch: Pocket ID returns a login only to where its client says, and compares letter by letter.
func redirectURIMismatch() Rule {
	return Rule{
		Name:      "redirect-uri-mismatch",
		Severity:  diag.Error,
		Documents: "mas, pocket-id-client",
		Title:     "the callback URL of MAS is not registered",
		Why: "The identity provider refuses every login, because the address that MAS wants the user back at is none of its client: a slash " +
			"too many, another path, or the ULID of another provider.",
		Sees: "Invalid callback URL, it might be necessary for an admin to fix this.",
		Before: masExample(exampleProvider) + `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": ["https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA/"],
  "isPublic": false
}
`,
		After: masExample(exampleProvider) + `-- pocket-id-client.json --
{
  "id": "mas",
  "name": "Matrix",
  "callbackURLs": ["https://auth.example.org/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA"],
  "isPublic": false
}
`,
		Repairs: "writes the callback URL of MAS in the place of another one below its /upstream/callback/",
		Source: []string{
			"element-hq/matrix-authentication-service crates/router/src/endpoints.rs",
			"pocket-id/pocket-id backend/internal/utils/callback_url_util.go",
			"https://github.com/pocket-id/pocket-id/issues/1510",
			"https://github.com/pocket-id/pocket-id/issues/458",
		},
		Check: checkRedirectURI,
	}
}

func checkRedirectURI(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS)
	for _, c := range idpClients(d) {
		callback, isULID, known := callbackURL(d, c.provider)
		if !known {
			continue
		}
		item, match := c.match(callback, isULID)
		f := diag.Finding{Related: []diag.Related{{Position: c.provider.Get("id").Position, Message: "the provider of MAS"}}}
		_, whole := c.callbacks()
		switch {
		case match == matchesByPattern:
			f.Severity = diag.Warning
			f.Position = item.Position
			f.Message = fmt.Sprintf("only the pattern %s lets logins back to MAS, and it lets them go elsewhere too", item.Text)
			f.Hint = "register " + callback
		case match == matchesExactly || !whole:
			continue
		default:
			f.Position = c.position("callbackURLs")
			f.Message = fmt.Sprintf("the identity provider refuses every login: MAS wants them back at %s, which its client does not have", callback)
			f.Hint = "register exactly that URL"
			if !isULID {
				f.Message = "the identity provider refuses every login: its client has no callback of MAS, which end in /upstream/callback/ and a ULID"
				f.Hint = "give the provider a ULID, and register " + strings.TrimSuffix(callback, anyULID) + " with it"
			}
			if near := c.nearest(d); near != nil {
				f.Position = near.Position
				f.Message = strings.Replace(f.Message, "which its client does not have", "and its client has this", 1)
				if isULID && strings.Contains(near.Text, "/upstream/callback/") {
					f.Fix = rewrite(near, callback)
				}
			}
		}
		report(f)
	}
}

// match is how a list of callbacks has one.
type match int

const (
	noMatch match = iota
	matchesByPattern
	matchesExactly
)

// match returns whether the client has a callback: as it is, or only by a pattern. For a provider whose id is no ULID, that of any ULID counts.
func (c idpClient) match(callback string, isULID bool) (*model.Node, match) {
	var byPattern *model.Node
	items, _ := c.callbacks()
	for _, item := range items {
		base, last := path.Split(item.Text)
		wanted := callback
		if problem, known := ulidProblem(&model.Node{Kind: model.String, Text: last}); !isULID && known && problem == "" && base+anyULID == callback {
			wanted = item.Text
		}
		switch {
		case item.Text == wanted:
			return item, matchesExactly
		case !matchesCallback(item.Text, wanted):
		case !strings.Contains(item.Text, "*"):
			return item, matchesExactly
		case byPattern == nil:
			byPattern = item
		}
	}
	if byPattern != nil {
		return byPattern, matchesByPattern
	}
	return nil, noMatch
}

// nearest returns the callback that was probably meant for MAS: one of its own path, or else the only one on its host. It is nil if there
// is none, and if it is that of another provider.
func (c idpClient) nearest(d *model.Deployment) *model.Node {
	taken := map[string]bool{}
	for _, provider := range masItems(d, "upstream_oauth2", "providers") {
		if callback, isULID, known := callbackURL(d, provider); known && isULID && provider != c.provider {
			taken[callback] = true
		}
	}
	var onHost []*model.Node
	for _, item := range c.onHost(d) {
		switch {
		case taken[item.Text] || strings.Contains(item.Text, "/_synapse/client/"):
		case strings.Contains(item.Text, "/upstream/callback/"):
			return item
		default:
			onHost = append(onHost, item)
		}
	}
	if len(onHost) == 1 {
		return onHost[0]
	}
	return nil
}
