// Package advice holds what several rules say in the same words.
package advice
