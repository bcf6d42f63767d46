// Package ci holds what a CI runs over a repository of stacks: an action for GitHub and Forgejo, and its scripts. A repository that cannot fetch
// them, since nobody has published matrixgen where its operator trusts it, takes them along.
package ci

import "embed"

// Files are the action and its scripts, which have to stand in one folder.
//
//go:embed action.yml check comment program
var Files embed.FS
