package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportForeignMethod reports clients of Authelia that are to prove who they are in another way than MAS does. Authelia takes the one that
// the client names, alone, and any if it names none.
func reportForeignMethod(d *model.Deployment, report func(diag.Finding)) {
	for _, c := range matrix.ForeignClients(d) {
		own := c.Provider.Get("token_endpoint_auth_method")
		text, known := own.Literal()
		if c.Product != "Authelia" || !known || c.Public.Bool(false) == model.CannotTell {
			continue
		}
		want, known := c.Method.Literal()
		if !c.Method.IsSet() && c.Public.True() {
			want, known = "none", true
		}
		if !known || want == text {
			continue
		}
		report(diag.Finding{
			Position: own.Position,
			Message:  fmt.Sprintf("every login fails when MAS exchanges its code: Authelia wants %s from this client, and MAS sends %s", want, text),
			Hint:     "write " + want + " here, or the other one in Authelia",
			Related:  []diag.Related{{Position: c.Spec.KeyPosition("token_endpoint_auth_method"), Message: "the client"}},
		})
	}
}
