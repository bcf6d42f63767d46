package model

import "github.com/matrixgen/matrixgen/internal/placeholder"

// IsPlaceholder reports whether a text waits to be replaced: CHANGE_ME, <secret>, ${SECRET}.
func IsPlaceholder(text string) bool { return placeholder.In(text) }
