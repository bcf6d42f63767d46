package model

// Answer is an answer to a question about a deployment. What cannot be seen is not judged: a rule speaks on Yes or on No, and never on
// CannotTell.
type Answer int

// The three answers.
const (
	CannotTell Answer = iota
	Yes
	No
)

// Known returns an answer that is sure.
func Known(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Not returns the opposite answer: what cannot be told stays so.
func (a Answer) Not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return CannotTell
}

// Lacks answers whether nothing stands at a path of keys in what the product reads. null counts as nothing. It cannot be told if more may be
// configured where it is not seen, or if something on the way is a reference.
//
//	passwords: {enabled: false}   Lacks("passwords", "enabled") is No, Lacks("passwords", "schemes") Yes
//	passwords: ${PASSWORDS}       Lacks("passwords", "enabled") is CannotTell
func (c *Configuration) Lacks(path ...string) Answer {
	if c == nil {
		return CannotTell
	}
	n := c.Root
	open := false
	for _, key := range path {
		if n != nil && n.Unknown {
			return CannotTell
		}
		open = open || n != nil && n.Open && n.Get(key) == nil
		n = n.Get(key)
	}
	switch {
	case n != nil && n.Perhaps, open:
		return CannotTell
	case n.IsSet():
		return No
	case c.Partial && !c.Branches:
		return CannotTell
	}
	return Yes
}

// Bool answers whether a switch is on. Without a value it is what upstream has by default.
func (n *Node) Bool(usual bool) Answer {
	switch {
	case n.True() || n.False():
		return Known(n.True())
	case !n.IsSet():
		return Known(usual)
	}
	return CannotTell
}

// Bool answers whether the switch at a path is on. Where it is absent it is what upstream has by default.
func (c *Configuration) Bool(usual bool, path ...string) Answer {
	if c.Lacks(path...) == CannotTell {
		return CannotTell
	}
	return c.At(path...).Bool(usual)
}
