package matrix

import (
	"net"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// MatchesCallback reports whether Pocket ID lets a login return to a URL, for one of the callbacks of a client: the same text, or a pattern
// in which * stands for one segment, label or port, or for a part of it, and ** for any number of segments.
// https://github.com/pocket-id/pocket-id/blob/main/backend/internal/utils/callback_url_util.go
func MatchesCallback(pattern, input string) bool {
	if pattern == input || pattern == "*" {
		return true
	}
	pattern, _, _ = strings.Cut(pattern, "#")
	input, _, _ = strings.Cut(input, "#")
	pattern, patternQuery, _ := strings.Cut(pattern, "?")
	input, inputQuery, _ := strings.Cut(input, "?")
	return matchesQuery(patternQuery, inputQuery) && (matchesAddress(pattern, input) || matchesLoopback(pattern, input))
}

// matchesQuery: the same keys, each as often, with values that match.
func matchesQuery(pattern, input string) bool {
	wanted, err := url.ParseQuery(pattern)
	got, errToo := url.ParseQuery(input)
	if err != nil || errToo != nil || len(wanted) != len(got) {
		return false
	}
	for key, values := range wanted {
		if len(values) != len(got[key]) {
			return false
		}
		for i, value := range values {
			if ok, err := path.Match(value, got[key][i]); err != nil || !ok {
				return false
			}
		}
	}
	return true
}

// matchesAddress compares scheme, host, port and path.
func matchesAddress(pattern, input string) bool {
	wantScheme, wantRest, found := strings.Cut(pattern, "://")
	scheme, rest, foundToo := strings.Cut(input, "://")
	if !found || !foundToo {
		return false
	}
	wantAuthority, wantPath := splitAuthority(wantRest)
	authority, inputPath := splitAuthority(rest)
	wantHost, wantPort := splitPort(wantAuthority)
	host, port := splitPort(authority)
	return matchesPart(wantScheme, scheme, `[^:/]`) && matchesPart(strings.ToLower(wantHost), strings.ToLower(host), `[^./:]`) &&
		matchesPart(defaultPort(wantPort, scheme), defaultPort(port, scheme), `[0-9]`) && matchesPath(wantPath, inputPath)
}

// splitAuthority cuts an address before its path, which is / if there is none, and without . and .. as browsers send it.
func splitAuthority(rest string) (authority, where string) {
	authority, where, _ = strings.Cut(rest, "/")
	where = "/" + where
	if strings.Contains(where, "/.") {
		slash := strings.HasSuffix(where, "/") && where != "/"
		if where = path.Clean(where); slash {
			where += "/"
		}
	}
	return authority, where
}

func splitPort(authority string) (host, port string) {
	if i := strings.LastIndex(authority, ":"); i > strings.LastIndex(authority, "]") {
		return authority[:i], authority[i+1:]
	}
	return authority, ""
}

func defaultPort(port, scheme string) string {
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		return ""
	}
	return port
}

// matchesPart matches a text in which * stands for one or more of the letters of a class.
func matchesPart(pattern, text, class string) bool {
	parts := strings.Split(pattern, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, class+"+") + "$").MatchString(text)
}

// matchesPath matches segment by segment.
func matchesPath(pattern, text string) bool {
	return matchesSegments(strings.Split(pattern, "/"), strings.Split(text, "/"))
}

func matchesSegments(pattern, text []string) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	if pattern[0] == "**" {
		for skip := range len(text) + 1 {
			if matchesSegments(pattern[1:], text[skip:]) {
				return true
			}
		}
		return false
	}
	return len(text) > 0 && matchesPart(pattern[0], text[0], `[^/]`) && matchesSegments(pattern[1:], text[1:])
}

// matchesLoopback: a program on the user's own machine may listen on any port, but only without TLS (RFC 8252).
func matchesLoopback(pattern, input string) bool {
	u, err := url.Parse(input)
	if err != nil || u.Scheme != "http" || u.Port() == "" {
		return false
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return false
	}
	return matchesAddress(pattern, strings.Replace(input, u.Host, strings.TrimSuffix(u.Host, ":"+u.Port()), 1))
}
