// Package example holds the small deployments of which the rules' before and after are made.
package example
