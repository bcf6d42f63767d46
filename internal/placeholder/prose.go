package placeholder

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// IsProse reports whether a text that stands where a secret belongs says in words what belongs there, in whatever language: three words or more in
// lower case, or two of which one means a secret. No program makes such a secret. Passphrases are made of words with dashes, so that of these one has
// to mean a secret, or to be as short as only articles are.
func IsProse(text string) bool {
	text = strings.Trim(text, "()[]<>* ")
	if isProseInHumps(text) || exampleOf().MatchString(text) {
		return true
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == '_' || r == '-' || r == ' ' })
	digits, names, short := 0, false, strings.Contains(text, "_")
	for _, word := range words {
		letters := 0
		for _, r := range word {
			switch {
			case unicode.IsDigit(r):
				digits++
			case !unicode.IsLetter(r) && r != '\'' || unicode.IsUpper(r):
				return false
			default:
				letters++
			}
		}
		if letters == 0 && len(words) < 4 {
			return false
		}
		names, short = names || meansSecret(word), short || letters <= 2 && letters > 0
	}
	return digits <= 2 && (len(words) >= 3 && (names || short) || len(words) == 2 && names)
}

// meansSecret reports whether a word means a secret in one of the languages of public guides.
func meansSecret(word string) bool {
	for _, stem := range []string{"secret", "passw", "passe", "pass", "geheim", "kennwort", "schlüssel", "schluessel", "contraseña", "contrasena", "clave",
		"senha", "chave", "parola", "wachtwoord", "sleutel", "hasło", "haslo", "heslo", "lösenord", "losenord", "пароль", "секрет", "ключ", "token", "key"} {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	return false
}

// exampleOf matches a word that says that it is an example of a secret: examplepassword, as Synapse documents email.smtp_pass.
var exampleOf = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:(?:example|sample|dummy|fake)[-_ ]?(?:password|passphrase|pass|secret|token|key))\d?$`)
})

// isProseInHumps reports whether a text is three words or more without anything between them, of which one means a password: SomePasswordForCLI.
func isProseInHumps(text string) bool {
	words, names, upper := 0, false, true
	begin := 0
	finish := func(end int) {
		if begin < end {
			words++
			word := strings.ToLower(text[begin:end])
			names = names || strings.HasPrefix(word, "passw") || word == "kennwort"
			begin = end
		}
	}
	for i, r := range text {
		if !unicode.IsLetter(r) {
			return false
		}
		if unicode.IsUpper(r) && !upper {
			finish(i)
		}
		upper = unicode.IsUpper(r)
	}
	finish(len(text))
	return words >= 3 && names
}
