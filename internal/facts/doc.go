// Package facts holds what documents have of upstream's formats, worked out once and remembered: keys, sections, what does not fit.
package facts
