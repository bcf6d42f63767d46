package matrix

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// QRLogin returns the switch of Synapse by which QR login is on, and where it stands.
func QRLogin(synapse *model.Configuration) (diag.Position, string, bool) {
	features := synapse.At("experimental_features")
	if on := features.Get("msc4108_enabled"); on.True() && !synapse.Version().Before("1.106.0") {
		return on.Position, "msc4108_enabled", true
	}
	if url := features.Get("msc4108_delegation_endpoint"); url.IsSet() && !synapse.Version().Before("1.106.0") {
		return url.Position, "msc4108_delegation_endpoint", true
	}
	if mode := features.Get("msc4388_mode"); (mode.Is("open") || mode.Is("authenticated")) && !synapse.Version().Before("1.149.0") {
		return mode.Position, "msc4388_mode", true
	}
	return diag.Position{}, "", false
}
