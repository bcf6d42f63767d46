package read

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// leaveAnsible leaves out what Ansible fills in on its way to a server, the templates and files of roles, and notes it if some of it is Matrix's. What
// runs where stands in tasks, which are not read. Where a role writes a compose file, all are read as other templates are.
func (r *reader) leaveAnsible() {
	roles := r.roles()
	isInRole := func(name string) bool { return len(roles) > 0 && roleOf(name, roles) != "" }
	if slices.ContainsFunc(r.names, func(name string) bool {
		f := r.files[name]
		return (f.is(model.KindCompose) || f.is(model.KindQuadlet)) && isInRole(name)
	}) {
		return
	}
	var recognised, others []string
	for _, name := range r.names {
		f, inRole := r.files[name], isInRole(name)
		if f == nil || !inRole && !isInventory(name) {
			continue
		}
		switch {
		case isForTests(name):
		case isMatrixKind(f.kind):
			recognised = append(recognised, name)
		case r.speaksOfMatrix(name, f.kind):
			others = append(others, name)
		}
		if inRole {
			*f = known{isUnread: f.isUnread}
		}
	}
	r.findings = slices.DeleteFunc(r.findings, func(f diag.Finding) bool { return isInRole(f.File) })
	all := slices.Concat(recognised, others) // what is said stands at a file that is recognised, if one is
	if len(all) == 0 {
		return
	}
	message := "this is for Ansible, and is not read"
	if more := len(all) - 1; more > 0 {
		message = fmt.Sprintf("this and %d more files are for Ansible, and are not read", more)
	}
	r.left = said(all[0], message+": what a server gets is not known before Ansible has filled it in")
	r.left[0].Hint = "lint the folder on the server that Ansible writes to"
}

// roles returns the folders that are roles of Ansible: with tasks, and with templates, defaults or handlers beside them.
func (r *reader) roles() []string {
	var roles []string
	for name := range r.others {
		if path.Base(name) != "tasks" || path.Dir(name) == "." {
			continue
		}
		beside := func(folder string) bool { return r.others[path.Join(path.Dir(name), folder)] }
		if slices.ContainsFunc([]string{"templates", "defaults", "handlers", "vars", "meta"}, beside) {
			roles = append(roles, path.Dir(name))
		}
	}
	return roles
}

// roleOf returns the role that a file belongs to, or "".
func roleOf(name string, roles []string) string {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if slices.Contains(roles, dir) {
			return dir
		}
	}
	return ""
}

// isInventory reports whether a file has variables of Ansible for hosts or groups of them.
func isInventory(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(folder string) bool { return folder == "host_vars" || folder == "group_vars" })
}

// speaksOfMatrix reports whether a file of Ansible that nothing else recognises speaks of Matrix.
func (r *reader) speaksOfMatrix(name string, kind model.DocumentKind) bool {
	return kind == model.KindOther && r.sizes[name] <= maxSmall && speaksOfMatrix()(r.text(name))
}
