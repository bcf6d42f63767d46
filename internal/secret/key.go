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

// First is what was made before the first secret could be encrypted.
type First struct {
	// Rules is the .sops.yaml, and Recipient whom it names.
	Rules, Recipient string
	// Key is where the private key is, and Made says that it was made there now.
	Key  string
	Made bool
}

// FirstRules writes a .sops.yaml to the root, for the age key that SOPS finds here, and if there is none, makes one in the place where SOPS
// looks for it. The error is an [*Error].
func FirstRules(root string) (*First, error) {
	first := &First{Rules: filepath.Join(root, RulesName)}
	var err error
	if first.Recipient, first.Key, err = recipientHere(); err != nil {
		return nil, err
	}
	if first.Recipient == "" {
		if err := first.makeKey(root); err != nil {
			return nil, err
		}
	}
	text := fmt.Sprintf(`# Who can open the secrets of the stacks. To add somebody, add the public key, after a comma, and run
# sops updatekeys stacks/<name>/%s; https://github.com/getsops/sops#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files
creation_rules:
  - path_regex: %s
    age: %s
`, FileName, rulePattern, first.Recipient)
	if err := Write(first.Rules, []byte(text), 0o644); err != nil {
		return nil, failed("", "%v", err)
	}
	return first, nil
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

// recipientHere returns the public key of the age key that is here, and where the private one is: in SOPS_AGE_KEY, in the file of
// SOPS_AGE_KEY_FILE, or in the user's own. Both are "" if there is none.
func recipientHere() (recipient, where string, err error) {
	if text := os.Getenv(sopsage.SopsAgeKeyEnv); text != "" {
		recipient, err = recipientIn(text)
		return recipient, "the environment variable " + sopsage.SopsAgeKeyEnv, keyProblem(sopsage.SopsAgeKeyEnv, err)
	}
	name, named := os.LookupEnv(sopsage.SopsAgeKeyFileEnv)
	if !named {
		if name, err = keyFile(); err != nil {
			return "", "", failed("set HOME, or SOPS_AGE_KEY_FILE to where the private key shall be", "there is no place for a private key: %v", err)
		}
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
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

// makeKey makes an age key where SOPS looks for one, readable by its owner alone and never in the repository.
func (f *First) makeKey(root string) error {
	name, err := keyFile()
	if err != nil {
		return failed("set HOME", "there is no place for a private key: %v", err)
	}
	if below, err := filepath.Rel(root, name); err == nil && filepath.IsLocal(below) {
		return failed("set XDG_CONFIG_HOME or HOME to a folder outside of it", "the private key would be made in the repository: %s", name)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return failed("", "make a private key: %v", err)
	}
	f.Key, f.Recipient, f.Made = name, identity.Recipient().String(), true
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return failed("", "make a private key: %v", err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return failed("", "make a private key: %v", err)
	}
	_, err = fmt.Fprintf(file, "# public key: %s\n%s\n", f.Recipient, identity)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(name)
		return failed("", "make a private key: %v", err)
	}
	return nil
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
		name, _ := keyFile()
		return "SOPS_AGE_KEY and SOPS_AGE_KEY_FILE are not set, and there is no " + name
	}
	return "the key in " + where + " is another one"
}
