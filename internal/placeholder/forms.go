package placeholder

// Forms returns the table of forms. Where a text holds several, what is shown of it is the first, and of two at one place the one that stands
// further up here.
func Forms() []Form {
	return []Form{
		// Shells, Compose, envsubst, Nix; Kubernetes' $(X); autoconf's and Maven's @X@; Jenkins' and sed scripts' own.
		{"variable in braces", Variable, sure | foreign | named, `\$\{([A-Za-z_]\w*)[^}]*\}`, "${SECRET}", "$5$rounds=5000$Xy"},
		{"anything in braces after a dollar", Variable, lines | masked | shown, `\$\{[^}\n]*\}`, "${.secret}", "$.secret"},
		{"brace left open after a dollar", Variable, opening, `\$\{`, "${SECRET:-", "{SECRET:-"},
		{"variable in round brackets", Variable, sure | foreign | shown, `\$\([A-Z_][A-Z0-9_]*\)`, "$(SECRET)", "(SECRET)"},
		{"command in round brackets", Variable, shown, `\$\([A-Z_][^)]*\)?`, "$(SECRET:-x)", "$(secret)"},
		{"variable of Compose", Variable, compose | named, `\$\{?([A-Za-z_]\w*)`, "$secret", "$2$10$5"},
		{"variable in a template", Variable, template | lines, `\$[A-Z_][A-Z0-9_]*`, "$SECRET", "$secret"},
		{"variable in braces alone", Variable, template | compose, `\{[A-Z][A-Z0-9_]*\}`, "x{SECRET}", "x{secret}"},
		{"nothing but a variable in braces", Variable, sure | foreign | named, `^\{([A-Za-z_]\w*)\}$`, "{secret}", "{secret"},
		{"variable between underscores", Variable, sure | lines | shown | named, `__([A-Z][A-Z0-9_]*?)__`, "__SECRET__", "__secret"},
		{"nothing but a variable between underscores", Variable, shown | named, `^__(\w+?)__$`, "__secret__", "x__Secret__"},
		{"variable between at signs", Variable, sure | lines | masked | shown, `@[A-Z][A-Z0-9_]{2,}@`, "@SECRET@", "a@secret@b"},
		{"short variable between at signs", Variable, sure | lines | masked | shown, `\B@[A-Z][A-Z0-9_]?@\B`, "@X@", "a@X@b"},
		{"variable between percent signs", Variable, sure | lines | masked | shown, `%%[A-Z][A-Z0-9_]*%%`, "%%SECRET%%", "%%SECRET%"},
		{"name between percent signs", Variable, opening | shown, `%%\w+%%`, "%%secret%%", "%secret%"},

		// Jinja, Go templates, Helm, gomplate, Mustache; Levant and Nomad Pack, which leave {{ }} to Nomad, with square brackets.
		{"comment of Jinja", Tag, template | opening, `\{#`, "{# secret #}", "{ secret #}"},
		{"expression", Expression, sure | foreign | lines | masked | shown | named, `\{\{-?[ \t]*([\w.]+)?.*?\}\}`, "{{ secret }}", "{ secret }"},
		{"expression that goes on", Expression, opening, `\{\{`, "{{ secret", "{ secret"},
		{"control tag of Jinja", Tag, sure | foreign | lines | masked | shown, `\{%.*?%\}`, "{% if secret %}", "{ if secret }"},
		{"control tag that goes on", Tag, opening, `\{%`, "{% if", "% if"},
		{"expression in square brackets", Expression, sure | lines | masked | shown, `\[\[ [\w.]+ \]\]`, "[[ secret ]]", "[[inputs.secret]]"},

		// What people fill in.
		{"name in angle brackets", Blank, sure | shown, `<[A-Z][A-Z0-9_]+>`, "x<SECRET>", "x<5>"},
		{"words in angle brackets", Blank, sure | shown, `<[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+)+>`, "x<your-secret>", "x<2-secrets>"},
		{"nothing but angle brackets", Blank, sure | shown, `^<[A-Za-z0-9_ .-]+>$`, "<secret.2>", "<secret.2"},
		{"word in angle brackets", Blank, shown, `<(?i:[a-z][a-z0-9]*(?:[ _-][a-z0-9]+)*)>`, "x<secret>", "x<secret"},
		{"anything in angle brackets", Blank, shown, `^<.*>$`, "<secret, 32 bytes>", "secret, <32> bytes"},
		{"order in capitals", Blank, sure | shown, `\b(?:YOUR|REPLACE|INSERT|CHANGE|TODO|PLACEHOLDER)_[A-Z0-9_]\w*`, "TODO_SECRET", "TODO_secret"},
		{"change me", Blank, sure, `(?i:\bchange[-_ ]?(?:me|this|it)(?:\b|_))`, "change_this_secret_1", "exchange this"},
		{"change me, in a word", Blank, 0, `(?i:change_?-?me)`, "PleaseChangeMeNow", "PleaseChangeNow"},
		{"placeholder", Blank, sure, `(?i:\bplaceholder\b|_placeholder\b)`, "a placeholder", "placeholders"},
		{"placeholder, in a name", Blank, 0, `(?i:placeholder_|_placeholder)`, "placeholder_2", "placeholder2"},
		{"replace me", Blank, 0, `(?i:replace(?:_?-?me|[_-]))`, "ReplaceMe", "Replaced"},
		{"your", Blank, 0, `(?i:\byour[_-]|_your[_-])`, "your-secret", "yours-Secret"},
		{"redacted", Blank, 0, `(?i:redacted)`, "[redacted]", "[reacted]"},
		{"dots", Blank, sure, `^(?:\.\.\.|…)$`, "...", "x..."},
		{"row of x", Blank, sure, `(?:^|=)(?i:xxx+(?:\w*xxx+)?)$`, "XXXFILLEDXXX", "XXL"},
		{"row of stars", Blank, sure, `^\*\*\*\*+$`, "********", "*"},
		{"row of another sign", Blank, sure, `^(?:####+|----+|====+|____+|\.\.\.\.+|\?\?\?\?+|••••+)$`, "########", "#1###"},

		// What people fill in, where the text says in words what that is. It may follow the name of a variable.
		{"description in capitals", Words, sure, `(?:^|=)(?:[A-Z0-9]+[-_])*(?:RANDOM[A-Z]*|STRING|SAME|SOME|LONG|STRONG|GENERATED?|HERE)(?:[-_][A-Z0-9]+)+$`, "SOME_LONG_SECRET", "AWESOME_SECRETS"},
		{"description in capitals that ends so", Words, sure, `(?:^|=)(?:[A-Z0-9]+[-_])+(?:STRING|HERE)$`, "SECRET_HERE", "SECRETHERE"},
		{"order in words", Words, sure, `(?:^|=)[\[(]?(?:INSERT|ENTER|PASTE|YOUR)(?: [A-Z]+)+[\])]?$`, "[INSERT SECRET]", "[INSERT]"},
		{"order in words that ends so", Words, sure, `(?:^|=)[\[(]?(?:[A-Z]+ )+(?:HERE|GENERATED?)[\])]?$`, "SECRET HERE", "Secret here"},
		{"name of a secret in capitals", Words, sure, `(?:^|=)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:SECRET|PASSWORD|TOKEN)$`, "MAS_SECRET", "MAS_SECRET2"},
		{"words between dashes", Words, sure, `^--[A-Za-z]+(?:[ _-][A-Za-z]+)*--$`, "--the secret--", "--the-Secret"},
		{"words in square brackets", Words, sure, `(?:^|=)\[[a-z]+(?:[ _-][a-z]+)+\]$`, "[generate a secret]", "[secret]"},
		{"words in round brackets", Words, sure, `(?:^|=)\([a-z]+(?:_[a-z0-9]+)+\)$`, "(mas_secret)", "(secret)"},
		{"words in round brackets in a template", Words, template, `^\([a-z][a-z _-]*\)$`, "(secret)", "(Secret)"},
		{"random", Words, sure, `\b(?i:random(?:ly)?[-_ ](?:generated|string|secret|password|key|value))`, "a randomly generated one", "a random Number"},
		{"random in capitals", Words, sure, `(?:^|=)(?:VERY|SUPER|SECRET|LONG|RANDOM|STRONG|SECURE)+(?:PASSWORD|SECRET|KEY)$`, "RANDOMSECRET", "RANDOMSECRETS"},
		{"your, in capitals", Words, sure | shown, `\bYOUR[A-Z]{4,}(?:\.\w+)*`, "YOURSECRET", "YOURS"},
		{"your domain", Words, sure | shown, `\b(?i:your[-.]?domain)\b(?:\.\w+)*`, "matrix.yourdomain.com", "matrix.yourdomains.com"},
	}
}

// excerpts are the words by which a comment says that more belongs to a file than stands there.
func excerpts() []string {
	return []string{
		`\brest of (?:the |your )?[\w ]{0,20}config`,
		`\bother [\w ]{0,20}config`,
		`^(?:\.\.\.|…)`,
		`\bexcerpt\b`,
		`\bsnippet\b`,
		`\bomitted\b`,
		`\b(?:does|do) not include the\b.{0,40}\b(?:block|section|keys?)\b`, // a line for each verb: what a comment must hold is longer then
		`\b(?:does|do) not contain the\b.{0,40}\b(?:block|section|keys?)\b`,
		`\b(?:does|do) not have the\b.{0,40}\b(?:block|section|keys?)\b`,
	}
}
