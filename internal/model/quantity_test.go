package model_test

import (
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestQuantities reads times and sizes as Synapse's parse_duration and parse_size do.
func TestQuantities(t *testing.T) {
	for _, test := range []struct {
		read func(string) (int64, bool)
		text string
		want int64
		ok   bool
	}{
		{model.Milliseconds, "1500", 1500, true},
		{model.Milliseconds, "90d", 90 * 24 * 3600 * 1000, true},
		{model.Milliseconds, "90D", 0, false},
		{model.Milliseconds, "1.5h", 0, false},
		{model.Milliseconds, "", 0, false},
		{model.Bytes, "50M", 50 * 1024 * 1024, true},
		{model.Bytes, "1024", 1024, true},
		{model.Bytes, "87K", 87 * 1024, true},
		{model.Bytes, "1T", 1 << 40, true},
		{model.Bytes, "50MB", 0, false},
		{model.Bytes, "50m", 0, false},
		{model.Bytes, "999999999999T", 0, false},
	} {
		got, ok := test.read(test.text)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%q: got %d, %v", test.text, got, ok)
		}
	}
}
