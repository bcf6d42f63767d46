package compile

import (
	"errors"
	"fmt"
	"io/fs"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// SettingsFile is the file with an operator's settings, at the root of a repository or in a directory that is linted.
const SettingsFile = "matrixgen.cue"

// maxSettings bounds the file: a larger one was made to do harm.
const maxSettings = 256 << 10

// Settings are what an operator says about linting.
type Settings struct {
	// Ignores are the suppressions, for the files that their patterns match.
	Ignores []model.Ignore
	// FailOn is the severity from which on findings count as failure, by its name; "" if the operator says nothing.
	FailOn string
	// Acknowledged are the changes that are meant, of stacks that are gone.
	Acknowledged []model.Acknowledgement
}

// ReadSettings returns the settings that stand in a tree of files. Without the file they are empty; findings say what is wrong with it. An
// error means that it could not be read, or that the tool itself is wrong.
func ReadSettings(files fs.FS) (Settings, []diag.Finding, error) {
	info, err := fs.Stat(files, SettingsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil, nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSettings {
		return Settings{}, []diag.Finding{{Rule: "schema", Severity: diag.Error, Position: diag.Position{File: SettingsFile},
			Message: fmt.Sprintf("settings are a file of at most %d kB that can be read, and no link out of the folder", maxSettings>>10)}}, nil
	}
	text, err := fs.ReadFile(files, SettingsFile)
	if err != nil {
		return Settings{}, nil, fmt.Errorf("read settings: %w", err)
	}
	src := &sources{settings: true, text: map[string][]byte{SettingsFile: text}}
	syntax, problem := parse(SettingsFile, text, false)
	if problem != nil {
		return Settings{}, []diag.Finding{src.syntaxFinding(problem, SettingsFile)}, nil
	}
	src.files = append(src.files, syntax)
	if findings := append(src.importFindings(syntax), src.plainFindings(syntax)...); len(findings) > 0 {
		return Settings{}, findings, nil
	}
	context := cuecontext.New()
	language, err := settingsLanguage(context)
	if err != nil {
		return Settings{}, nil, err
	}
	explain := &explainer{sources: src, language: language, written: context.BuildFile(syntax)}
	if err := explain.written.Err(); err != nil {
		return Settings{}, explain.findings(err), nil
	}
	explain.stack = language.Unify(explain.written)
	if err := explain.stack.Validate(cue.Concrete(true)); err != nil {
		return Settings{}, explain.findings(err), nil
	}
	return decodeSettings(src, explain.stack), nil, nil
}

func settingsLanguage(context *cue.Context) (cue.Value, error) {
	const name = "settings/settings.cue"
	text, err := schema.Files.ReadFile(name)
	if err != nil {
		return cue.Value{}, fmt.Errorf("load schema: %w", err)
	}
	language := context.CompileBytes(text, cue.Filename(schemaFolder+name)).LookupPath(cue.MakePath(cue.Def("Settings")))
	if err := language.Err(); err != nil {
		return cue.Value{}, fmt.Errorf("load schema: %w", err)
	}
	return language, nil
}

// decodeSettings reads settings that are valid.
func decodeSettings(src *sources, value cue.Value) Settings {
	text := func(v cue.Value, field string) string {
		s, _ := v.LookupPath(cue.ParsePath(field)).String() // "" if it is absent
		return s
	}
	settings := Settings{FailOn: text(value, "failOn"), Acknowledged: src.acknowledgements()}
	items, _ := value.LookupPath(cue.ParsePath("ignore")).List()
	for items.Next() {
		item := items.Value()
		ignore := model.Ignore{Rule: text(item, "rule"), Reason: text(item, "reason"), Path: text(item, "path"),
			Position: src.position(valuePos(item.LookupPath(cue.ParsePath("rule"))))}
		if ignore.Path == "" {
			ignore.Path = "**"
		}
		settings.Ignores = append(settings.Ignores, ignore)
	}
	return settings
}
