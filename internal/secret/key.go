package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"filippo.io/age"
	sopsage "github.com/getsops/sops/v3/age"
)

// rulePattern is how .sops.yaml names the SOPS files of stacks.
const rulePattern = `(^|/)secrets\.sops\.yaml$`

// First is what has to be made before the first secret can be encrypted.
type First struct {
	// Rules is the path of the .sops.yaml, Text what is to stand in it, and Recipient whom it names.
	Rules, Recipient string
	Text             []byte
	// Key is where the private key is. New says that it has to be made there.
	Key string
	New bool

	private string
}

// PlanFirst returns the .sops.yaml of the root for the age key that SOPS finds here, and if there is none, a new one for the place where SOPS
// looks for it. Nothing is written. The error is an [*Error].
func PlanFirst(root string) (*First, error) {
	first := &First{Rules: filepath.Join(root, RulesName)}
	var err error
	if first.Recipient, first.Key, err = recipientHere(); err != nil {
		return nil, err
	}
	if first.Recipient == "" {
		if err := first.planKey(root); err != nil {
			return nil, err
		}
	}
	first.Text = fmt.Appendf(nil, `# Who can open the secrets of the stacks. To add somebody, add the public key, after a comma, and run
# sops updatekeys stacks/<name>/%s; https://github.com/getsops/sops#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files
creation_rules:
  - path_regex: %s
    age: %s
`, FileName, rulePattern, first.Recipient)
	return first, nil
}

// RulesFile returns the .sops.yaml as it will be found for a file of the repository.
func (f *First) RulesFile(name string) *RulesFile { return &RulesFile{RulesName, f.Text, name} }

// KeyFile returns what is to stand in the file of the new key: it is for its owner alone.
func (f *First) KeyFile() []byte {
	return fmt.Appendf(nil, "# public key: %s\n%s\n", f.Recipient, f.private)
}

// PublishedHere says that the age key that SOPS finds here is the one that is published with the examples, and that the server is none of them: a
// .sops.yaml that is made here would be for everybody. The error is an [*Error].
func PublishedHere(serverName string) error {
	recipient, where, err := recipientHere()
	if err != nil || recipient != PublishedRecipient || slices.Contains(exampleServers, serverName) {
		return nil
	}
	return wrong("unset SOPS_AGE_KEY_FILE and SOPS_AGE_KEY, and run it again: a key of your own is made then, if you have none",
		"everybody can open what is encrypted for the key in %s: it is published with the examples", where)
}

// keyFile returns where SOPS looks for keys of age when nothing else is said.
func keyFile() (string, error) {
	folder, err := os.UserConfigDir()
	if xdg := os.Getenv("XDG_CONFIG_HOME"); runtime.GOOS == "darwin" && xdg != "" {
		folder, err = xdg, nil
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.FromSlash(sopsage.SopsAgeKeyUserConfigPath)), nil
}

// keyPlace returns where the private key of age is, or would be made: in the file of SOPS_AGE_KEY_FILE, or in the user's own.
func keyPlace() (string, error) {
	if name, named := os.LookupEnv(sopsage.SopsAgeKeyFileEnv); named {
		if name == "" {
			return "", failed("unset it, or set it to where the private key is or shall be", "SOPS_AGE_KEY_FILE is set, and empty")
		}
		return name, nil
	}
	name, err := keyFile()
	if err != nil {
		return "", failed("set HOME, or SOPS_AGE_KEY_FILE to where the private key shall be", "there is no place for a private key: %v", err)
	}
	return name, nil
}

// recipientHere returns the public key of the age key that is here, and where the private one is: in SOPS_AGE_KEY, or in its place.
// Both are "" if there is none.
func recipientHere() (recipient, where string, err error) {
	if text := os.Getenv(sopsage.SopsAgeKeyEnv); text != "" {
		recipient, err = recipientIn(text)
		return recipient, "the environment variable " + sopsage.SopsAgeKeyEnv, keyProblem(sopsage.SopsAgeKeyEnv, err)
	}
	name, err := keyPlace()
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if os.Getenv(sopsage.SopsAgeKeyCmdEnv) != "" {
			return "", "", failed("write "+RulesName+" yourself, with the public key", "the private key comes from %s, which says nothing of its public half", sopsage.SopsAgeKeyCmdEnv)
		}
		return "", "", nil
	}
	if err == nil {
		recipient, err = recipientIn(string(text))
	}
	return recipient, name, keyProblem(name, err)
}

// keyProblem says why a private key cannot be used, without the text that was read.
func keyProblem(where string, err error) error {
	if err == nil {
		return nil
	}
	var problem *fs.PathError
	if errors.As(err, &problem) {
		return failed("", "the private key cannot be read: %s: %v", where, problem.Err)
	}
	return failed("age-keygen writes such a file; for keys of another kind write "+RulesName+" yourself", "%s holds no private key of age that can be read (AGE-SECRET-KEY-1…)", where)
}

// recipientIn returns the public key of the first private key in the text.
func recipientIn(text string) (string, error) {
	identities, err := age.ParseIdentities(strings.NewReader(strings.Join(strings.Fields(withoutComments(text)), "\n")))
	if err != nil {
		return "", err
	}
	for _, identity := range identities {
		switch identity := identity.(type) {
		case *age.X25519Identity:
			return identity.Recipient().String(), nil
		case *age.HybridIdentity:
			return identity.Recipient().String(), nil
		}
	}
	return "", errors.New("no key")
}

func withoutComments(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// planKey makes an age key for the place where SOPS looks for one, which is never in the repository.
func (f *First) planKey(root string) error {
	name, err := keyPlace()
	if err != nil {
		return err
	}
	if name, err = filepath.Abs(name); err != nil {
		return failed("", "make a private key: %v", err)
	}
	if below, err := filepath.Rel(repositoryOf(root), name); err == nil && filepath.IsLocal(below) {
		return failed("set SOPS_AGE_KEY_FILE to a file outside of it", "the private key would be made in the repository: %s", name)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return failed("", "make a private key: %v", err)
	}
	f.Key, f.Recipient, f.New, f.private = name, identity.Recipient().String(), true, identity.String()
	return nil
}

// repositoryOf returns the nearest folder above that Git takes for a repository, or the folder itself.
func repositoryOf(root string) string {
	root, err := filepath.Abs(root)
	if err != nil {
		return root
	}
	for dir := root; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return root
		}
	}
}

// agePlace says what is wrong where SOPS looks for a private key of age.
func agePlace() string {
	if os.Getenv(sopsage.SopsAgeKeyCmdEnv) != "" {
		return "what the command in " + sopsage.SopsAgeKeyCmdEnv + " prints is no key for it"
	}
	_, where, err := recipientHere()
	var problem *Error
	if errors.As(err, &problem) {
		return problem.Message
	}
	if where == "" {
		name, _ := keyPlace()
		if _, named := os.LookupEnv(sopsage.SopsAgeKeyFileEnv); named {
			return "the private key cannot be read: " + name + ": no such file or directory"
		}
		return "SOPS_AGE_KEY and SOPS_AGE_KEY_FILE are not set, and there is no " + name
	}
	return "the key in " + where + " is another one"
}
