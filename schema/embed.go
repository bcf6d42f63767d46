// Package schema embeds the CUE module: the language of stacks, upstream's formats, and how the one becomes the other.
package schema

import "embed"

// Module is the import path prefix of the packages in [Files].
const Module = "matrixgen.dev/schema/"

// Files holds the CUE packages: stack (what a user may write), one folder per product (config.cue: upstream's format, closed, in
// upstream's names; emit.cue: what is derived), and outputs (the list of files that are written).
//
//go:embed */*.cue
var Files embed.FS
