package language

import (
	"fmt"
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
		repository, err := r.text(product.Path + ".repository")
		if err != nil {
			return nil, fmt.Errorf("read default images: %w", err)
		}
		tag, err := r.text(product.Path + ".tag")
		if err != nil {
			return nil, fmt.Errorf("read default images: %w", err)
		}
		images = append(images, repository+":"+tag)
	}
	return images, nil
}

// text returns the default of a field, which is a text in quotes, as code in Markdown.
func (r *Reference) text(path string) (string, error) {
	field := r.Field(path)
	if field == nil {
		return "", fmt.Errorf("%s is no field", path)
	}
	for _, meaning := range field.Meanings { // a tag has a default without version alone
		if text, err := strconv.Unquote(strings.Trim(meaning.Default, "`")); err == nil {
			return text, nil
		}
	}
	return "", fmt.Errorf("no default of %s is a text", path)
}
