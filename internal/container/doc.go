// Package container says what Compose and Docker mean for one service of a deployment: whom it reaches under which name, which ports it
// publishes, what it mounts and runs, and whether its environment is known. It judges nothing and prints nothing.
package container
