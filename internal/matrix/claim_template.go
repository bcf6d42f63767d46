package matrix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/minijinja"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ClaimTemplate is a template by which MAS makes something of what an identity provider says of a user.
type ClaimTemplate struct {
	// Name is what it is for: localpart, subject.
	Name string
	// Node is the text.
	Node *model.Node
	// Problem says why MAS cannot fill it in, in words that follow "the template"; "" if it can.
	Problem string
	// Hint says what to do about it.
	Hint string
}

// ClaimTemplates returns the templates of a provider that MAS uses, in order.
func ClaimTemplates(provider *model.Node) []ClaimTemplate {
	var all []ClaimTemplate
	for _, f := range provider.Get("claims_imports").Entries() {
		node := f.Value.Get("template")
		text, known := node.Literal()
		action := f.Value.Get("action")
		always := f.Key == "subject" || f.Key == "account_name"
		if !known || text == "" || !always && (!action.IsSet() || action.Is("ignore")) {
			continue
		}
		t := ClaimTemplate{Name: f.Key, Node: node}
		t.Problem, t.Hint = templateProblem(text, f.Key)
		all = append(all, t)
	}
	return all
}

// claimRoots are the variables that MAS has in its templates: crates/handlers/src/upstream_oauth2/template.rs.
func claimRoots() []string {
	return []string{"user", "id_token_claims", "userinfo_claims", "extra_callback_parameters"}
}

// templateProblem returns why MAS cannot fill in a template, and what to do; "" if it can.
func templateProblem(text, name string) (problem, hint string) {
	t, err := minijinja.Parse(text)
	if err != nil {
		return "does not parse: it " + err.Error(), "write it as {{ user.<claim> }}"
	}
	if t.Fixed && slices.Contains([]string{"localpart", "subject", "email"}, name) {
		return "is the same text for everybody: nothing in it is filled in", "write it as {{ user.<claim> }}, in two braces"
	}
	for _, n := range t.Names {
		switch {
		case n.Perhaps || slices.Contains(claimRoots(), n.Text):
		case n.Called && !isTemplateFunction(n.Text):
			return fmt.Sprintf("calls %s, a function that there is not", n.Text), "use a filter instead, such as | lower"
		case !n.Called && !isTemplateFunction(n.Text):
			return fmt.Sprintf("reads %s, a variable that there is not", n.Text), rootHint(n.Text)
		}
	}
	for _, n := range t.Filters {
		if !slices.Contains(templateFilters(), n.Text) {
			return "has the filter " + n.Text + ", which MAS does not know", filterHint(n.Text)
		}
	}
	for _, n := range t.Tests {
		if !slices.Contains(templateTests(), n.Text) {
			return "has the test " + n.Text + ", which MAS does not know", "compare with == instead"
		}
	}
	for _, n := range t.Methods {
		if !slices.Contains(templateMethods(), n.Text) {
			return "calls the method " + n.Text + ", which MAS does not know", filterHint(n.Text)
		}
	}
	return "", ""
}

// rootHint names what to write for a variable that there is not: what other programs call the whole of the claims, or a claim.
func rootHint(name string) string {
	if slices.Contains([]string{"claims", "claim", "userinfo", "user_info", "id_token", "token", "oidc", "profile", "attributes"}, name) {
		return "write user in place of " + name
	}
	return "write user." + name + ": claims are below user"
}

// filterHint names the filter that was probably meant.
func filterHint(name string) string {
	for _, known := range []string{"lower", "upper", "trim", "replace", "split"} {
		if strings.Contains(strings.ToLower(name), known) {
			return "write | " + known
		}
	}
	return "take it out, or use one of MiniJinja's, such as lower, replace, split, trim, truncate"
}

// The names that MiniJinja 2 has with the features that MAS builds it with, those of minijinja-contrib, and MAS's own: src/defaults.rs of minijinja,
// minijinja-contrib/src/lib.rs, and MAS's template.rs.
func templateFilters() []string {
	return strings.Fields(`safe escape e lower upper title capitalize replace length count dictsort items reverse trim join split lines default d
		round abs int float attr first last min max sort list string bool batch slice sum indent select reject selectattr rejectattr map groupby
		unique chain zip pprint format tojson urlencode
		pluralize filesizeformat truncate wordcount wordwrap striptags random datetimeformat timeformat dateformat
		b64decode b64encode tlvdecode from_json`)
}

func templateTests() []string {
	return strings.Fields(`undefined defined none safe escaped boolean odd even divisibleby number integer int float string sequence iterable mapping
		startingwith endingwith lower upper sameas eq equalto ne lt lessthan le gt greaterthan ge in true false filter test callable containing`)
}

func isTemplateFunction(name string) bool {
	return slices.Contains(strings.Fields("range dict debug namespace cycler joiner lipsum randrange now self super caller varargs kwargs"), name)
}

// templateMethods are those of Python's values, of which minijinja-contrib has the usual ones.
func templateMethods() []string {
	return strings.Fields(`capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal
		isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix
		removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill
		get items keys values append extend insert pop remove sort reverse copy update`)
}
