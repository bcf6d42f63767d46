package language_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/language"
)

// TestImages: what is read of the images alone is what the whole reference says.
func TestImages(t *testing.T) {
	images, err := language.Images()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	reference := load(t)
	for _, product := range reference.Field("images").Fields {
		image := ""
		for _, name := range []string{"repository", "tag"} {
			for _, meaning := range reference.Field(product.Path + "." + name).Meanings {
				if text, quoted := strings.CutPrefix(meaning.Default, "`\""); quoted {
					image += ":" + strings.TrimSuffix(text, "\"`")
				}
			}
		}
		want = append(want, strings.TrimPrefix(image, ":"))
	}
	if len(images) == 0 || !slices.Equal(images, want) {
		t.Errorf("got  %v\nwant %v", images, want)
	}
}
