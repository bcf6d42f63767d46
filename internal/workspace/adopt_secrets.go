package workspace

import (
	"fmt"
	"slices"
	"strings"

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
			value, err := secret.Read(slot, a.firstKey(slot, given))
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

// firstKey returns a value; of a file with several signing keys of Synapse the first, with which it signs. It publishes the others, which the report then says.
// Source: element-hq/synapse v1.163.2, synapse/server.py and synapse/rest/key/v2/local_key_resource.py.
func (a *Adopted) firstKey(slot *model.Slot, given adopt.Secret) []byte {
	lines := slices.DeleteFunc(strings.Split(string(given.Reveal()), "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	if slot.Name != "synapse_signing_key" || len(lines) < 2 {
		return given.Reveal()
	}
	for _, line := range lines[1:] {
		n := adopt.Note{Weight: adopt.Step, Subject: slot.Name, Position: given.Position, Message: "Synapse signs with the first key of the file, which was taken, and publishes another one: what that signed, other servers can check no more",
			Hint: "look what stands in the file"}
		if value, err := secret.Read(slot, []byte(line)); err == nil {
			if public, err := secret.PublicHalf(value); err == nil {
				n.Hint = fmt.Sprintf("write its public half into the stack, with the time of the switch from date +%%s000: override: synapse: old_signing_keys: %q: {key: %q, expired_ts: TIME}", public.ID, public.Key)
			}
		}
		a.Report.Notes = append(a.Report.Notes, n)
	}
	return []byte(lines[0])
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
