// Package matrix says what a Matrix deployment means: who leaves logins to whom, what listens where, which callback belongs to which provider,
// which URL has to reach which service, which database is whose. Rules, pictures and verbs ask it. It judges nothing and prints nothing.
package matrix
