package graph

import "github.com/matrixgen/matrixgen/internal/model"

// firstKnown returns the first text that is known and not empty, or "".
func firstKnown(nodes ...*model.Node) string {
	for _, n := range nodes {
		if text, known := n.Literal(); known && text != "" {
			return text
		}
	}
	return ""
}

// labelled returns a value behind a word, or "" if it is not known.
func labelled(word string, n *model.Node) string {
	if text := firstKnown(n); text != "" {
		return word + " " + text
	}
	return ""
}

// texts returns the items of a list that are known.
func texts(list *model.Node) []string {
	if list == nil {
		return nil
	}
	var known []string
	for _, item := range list.Items {
		if text := firstKnown(item); text != "" {
			known = append(known, text)
		}
	}
	return known
}

// items returns the maps in a list.
func items(list *model.Node) []*model.Node {
	if list == nil {
		return nil
	}
	var maps []*model.Node
	for _, item := range list.Items {
		if item.Kind == model.Map {
			maps = append(maps, item)
		}
	}
	return maps
}
