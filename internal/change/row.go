package change

// Row is a change as programs read it.
type Row struct {
	File    string `json:"file"`
	Setting string `json:"setting,omitempty"`
	Kind    string `json:"kind"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Secret  bool   `json:"secret,omitempty"`
	Level   string `json:"level"`
	Why     string `json:"why"`
	Source  string `json:"source,omitempty"`
}

// Rows returns changes as programs read them; a list, never null.
func Rows(changes []Change) []Row {
	rows := make([]Row, len(changes))
	for i, c := range changes {
		rows[i] = Row{c.Document, c.Setting, string(c.Kind), c.From, c.To, c.Secret, c.Level.String(), c.Why, c.Source}
	}
	return rows
}
