package secret

// NewValue returns the text as a value.
func NewValue(text string) Value { return Value{text} }
