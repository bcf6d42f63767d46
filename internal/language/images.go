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
	if field == nil || len(field.Meanings) != 1 {
		return "", fmt.Errorf("%s has no default", path)
	}
	text, err := strconv.Unquote(strings.Trim(field.Meanings[0].Default, "`"))
	if err != nil {
		return "", fmt.Errorf("the default of %s is no text", path)
	}
	return text, nil
}
