// Package sensitive says which values of a deployment are secrets, and where they stand, so that no message ever shows one.
package sensitive
