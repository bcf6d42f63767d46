package language

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Images returns the images that a stack pins unless it says otherwise, in the order of the language.
func (r *Reference) Images() ([]string, error) {
	products := r.Field("images")
	if products == nil {
		return nil, fmt.Errorf("read default images: the language has none")
	}
	var images []string
	for _, product := range products.Fields {
		repository, err := product.text("repository")
		if err != nil {
			return nil, fmt.Errorf("read default images: %w", err)
		}
		tag, err := product.text("tag")
		if err != nil {
			return nil, fmt.Errorf("read default images: %w", err)
		}
		images = append(images, repository+":"+tag)
	}
	return images, nil
}

// text returns the default of a field below, which is a text in quotes, as code in Markdown.
func (f *Field) text(name string) (string, error) {
	path := f.Path + "." + name
	i := slices.IndexFunc(f.Fields, func(below *Field) bool { return below.Path == path })
	if i < 0 {
		return "", fmt.Errorf("%s is no field", path)
	}
	for _, meaning := range f.Fields[i].Meanings { // a tag has a default without version alone
		if text, err := strconv.Unquote(strings.Trim(meaning.Default, "`")); err == nil {
			return text, nil
		}
	}
	return "", fmt.Errorf("no default of %s is a text", path)
}
