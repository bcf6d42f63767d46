package workspace

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
)

// Keep puts the secrets of the old files into the file of the stack, and makes those that may be new. It returns how many were taken, and completes the report.
// What nobody can make anew gets an empty entry: nobody makes one by mistake, and nothing is built before it is there.
func (a *Adopted) Keep(opened *secret.Opened) int {
	kept := 0
	var locked []string
	for i := range a.Stack.Compiled.Slots {
		slot := &a.Stack.Compiled.Slots[i]
		given, found := a.given(slot.Name)
		if found {
			value, err := secret.Read(slot, given.Reveal())
			if err == nil {
				kept++
				opened.Set(slot.Name, value)
				continue
			}
			a.noteUnfit(slot, given, err)
		}
		if made, can := secret.Make(slot.Format); can && !isPrecious(slot, given, found) {
			opened.Set(slot.Name, made)
			if given.Locked {
				locked = append(locked, slot.Name)
			}
			continue
		}
		opened.Set(slot.Name, secret.Value{})
		a.Report.Missing = append(a.Report.Missing, *slot)
	}
	a.Report.Steps = a.Result.Plan(a.Stack.Name, a.Report.Missing, locked)
	return kept
}

func (a *Adopted) given(slot string) (adopt.Secret, bool) {
	for _, s := range a.Result.Secrets {
		if s.Slot == slot {
			return s, true
		}
	}
	return adopt.Secret{}, false
}

// isPrecious reports whether a new value would make another server of it, or lock it out of its database.
func isPrecious(slot *model.Slot, given adopt.Secret, found bool) bool {
	switch slot.Name {
	case "synapse_signing_key":
		return true
	case "synapse_database_password", "mas_database_password", "postgres_password":
		return !found // the one that the database knows is somewhere
	}
	return slot.Cost == "never"
}

// noteUnfit says of a value that the language does not take what becomes of it.
func (a *Adopted) noteUnfit(slot *model.Slot, given adopt.Secret, err error) {
	n := adopt.Note{Weight: adopt.Step, Subject: slot.Name, Position: given.Position, Message: fmt.Sprintf("%v: a new one was made. %s", err, slot.Rotate)}
	if isPrecious(slot, given, true) {
		n.Message = fmt.Sprintf("%v, and another one would cost data", err)
		n.Hint = "mend it where it stands, if only its form is wrong; else store it with matrixgen secrets set"
	}
	a.Report.Notes = append(a.Report.Notes, n)
}

// ServerName returns the server name of the stack.
func (a *Adopted) ServerName() string { return serverNameOf(a.Stack.Compiled) }
