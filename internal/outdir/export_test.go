package outdir

import "fmt"

// Recover does in a folder what the next build does first, and no more.
func Recover(root, folder string) (bool, error) {
	d, obstacle, err := open(root, folder, exclusive)
	switch {
	case err != nil:
		return false, err
	case obstacle != "":
		return false, fmt.Errorf("open %s", obstacle)
	case d == nil:
		return false, nil
	}
	defer d.close()
	return d.finishInterrupted()
}
