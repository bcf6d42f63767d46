package change

// Knows reports whether a fact may say that it is for this kind of change.
func Knows(when string) bool { return when == "" || conditionOf(when).word != "" }
