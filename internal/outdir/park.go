package outdir

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Park puts what is wanted into a file of the folder until it is written: a run over many folders would hold more than there is memory for. Of the
// changes nothing is left but what they are.
func (p *Plan) Park(folder string) error {
	text, err := json.Marshal(p.want)
	if err != nil {
		return fmt.Errorf("park %s: %w", p.folder, err)
	}
	file, err := os.CreateTemp(folder, "plan-*")
	if err != nil {
		return fmt.Errorf("park %s: %w", p.folder, err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("park %s: %w", p.folder, err)
	}
	p.parked, p.want = file.Name(), nil
	for i, c := range p.Changes {
		p.Changes[i] = Change{Name: c.Name, Kind: c.Kind, Why: c.Why}
	}
	return nil
}

// unpark takes back what is wanted.
func (p *Plan) unpark() error {
	if p.parked == "" {
		return nil
	}
	text, err := os.ReadFile(p.parked)
	if err == nil {
		err = json.Unmarshal(text, &p.want)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", p.folder, err)
	}
	return os.Remove(p.parked)
}
