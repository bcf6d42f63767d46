//go:build proofs

package proofs

// Whole says that tests look at everything.
const Whole = true
