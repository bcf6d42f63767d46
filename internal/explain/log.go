package explain

import (
	"slices"
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/lint"
)

// Quoted is a rule whose page has the words of a line of a log.
type Quoted struct {
	lint.Rule
	// Words are those that both have, as they stand on the page.
	Words string
}

// common is in how many pages a word stands that says nothing by itself, and short how long one is.
const common, short = 8, 3

// Log returns the rules whose pages quote a line of a log, those with the most words in common first. What a program puts around the words, such as
// times, ids and names of its own, stands in the way of nothing.
func (b *Book) Log(line string) []Quoted {
	asked := wordsOf(line)
	pages, seen := map[string]int{}, make([][]word, len(b.rules))
	for i, rule := range b.rules {
		seen[i] = wordsOf(rule.Sees)
		once := map[string]bool{}
		for _, w := range seen[i] {
			once[w.text] = true
		}
		for text := range once {
			pages[text]++
		}
	}
	var found []Quoted
	weights := map[string]int{}
	for i, rule := range b.rules {
		from, to, weight := longestRun(asked, seen[i], pages)
		words := ""
		if weight > 0 {
			words = rule.Sees[seen[i][from].at:seen[i][to].end]
		}
		if quote := quotedIn(rule, line); len(quote)/3 > weight { // a program says it so, however usual the words are
			words, weight = quote, len(quote)/3
		}
		if weight == 0 {
			continue
		}
		if rule.Earlier != "" {
			weight = weight * 2 / 3 // of a change only who changed something thinks
		}
		found = append(found, Quoted{rule, words})
		weights[rule.Name] = weight
	}
	slices.SortStableFunc(found, func(x, y Quoted) int { return weights[y.Name] - weights[x.Name] })
	if len(found) > 0 { // what shares half as much only speaks of something alike
		best := weights[found[0].Name]
		found = slices.DeleteFunc(found, func(q Quoted) bool { return 2*weights[q.Name] <= best })
	}
	return found
}

// quotedIn returns the longest words of a program on the page of a rule that a line has word for word, or "".
func quotedIn(rule lint.Rule, line string) string {
	line, longest := strings.ToLower(line), ""
	for _, quotes := range rule.Quotes {
		for _, quote := range quotes {
			if strings.Contains(line, strings.ToLower(quote)) && (len(quote) > len(longest) || len(quote) == len(longest) && quote < longest) {
				longest = quote
			}
		}
	}
	return longest
}

// longestRun returns where the best run of words that both texts have stands in the second, and how much that says; 0 if it says nothing.
func longestRun(asked, seen []word, pages map[string]int) (from, to, weight int) {
	for i := range seen {
		for j := range asked {
			n := 0
			for i+n < len(seen) && j+n < len(asked) && seen[i+n].text == asked[j+n].text {
				n++
			}
			if w := weigh(seen[i:i+n], len(asked), startsPhrase(seen, i) && endsPhrase(seen, i+n-1), pages); w > weight {
				from, to, weight = i, i+n-1, w
			}
		}
	}
	return from, to, weight
}

// weigh returns how much a run of words says: it has to be all that was asked, a whole phrase of the page, three words of which two are rare, or a code.
func weigh(run []word, asked int, phrase bool, pages map[string]int) int {
	weight, rare, code := 0, 0, false
	for _, w := range run {
		if pages[w.text] < common && len(w.text) > short {
			rare++
			weight++
		}
		code = code || w.code
		weight += len(w.text) / 3
	}
	switch {
	case code, len(run) == asked && len(run) > 1 && rare > 0, len(run) >= 3 && rare >= 2, phrase && len(run) >= 2 && rare >= 1:
		return weight
	}
	return 0
}

// word is a word of a text.
type word struct {
	text    string // in lower case
	at, end int
	// code says that it is no word of a language: M_UNRECOGNIZED. first and last say that a phrase begins or ends with it.
	code, first, last bool
}

func startsPhrase(words []word, i int) bool { return words[i].first }

func endsPhrase(words []word, i int) bool { return i >= 0 && i < len(words) && words[i].last }

// wordsOf splits a text into words. A phrase ends at a comma, a semicolon, a colon or at "or" and "and".
func wordsOf(text string) []word {
	var words []word
	first := true
	begin := -1
	finish := func(end int) {
		if begin < 0 {
			return
		}
		written := text[begin:end]
		w := word{text: strings.ToLower(written), at: begin, end: end, first: first, code: isCode(written)}
		if first = w.text == "or" || w.text == "and"; first && len(words) > 0 {
			words[len(words)-1].last = true
		}
		words = append(words, w)
		begin = -1
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			if begin < 0 {
				begin = i
			}
			continue
		}
		finish(i)
		if strings.ContainsRune(",;:…", r) && len(words) > 0 {
			words[len(words)-1].last, first = true, true
		}
	}
	finish(len(text))
	if len(words) > 0 {
		words[len(words)-1].last = true
	}
	return words
}

// isCode reports whether a word is the name that a program gives to an error: M_UNRECOGNIZED, invalid_client, UnknownIssuer.
func isCode(text string) bool {
	joined := strings.Contains(text, "_") && (strings.ToUpper(text) == text || strings.ToLower(text) == text)
	humps := len(text) > 8 && strings.ContainsFunc(text[1:], unicode.IsUpper) && strings.ContainsFunc(text, unicode.IsLower)
	return joined || humps
}
