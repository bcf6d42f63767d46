package read

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// instruction is a line of a Dockerfile, with those that continue it.
type instruction struct {
	name, rest string // the name in capitals
	at         diag.Position
}

// instructions reads a Dockerfile: https://docs.docker.com/reference/dockerfile/#format. What stands in a heredoc is left out.
func instructions(doc *model.Document) []instruction {
	var all []instruction
	var open *instruction
	heredoc := ""
	line := 0
	for text := range strings.Lines(doc.Root.Text) {
		line++
		text = strings.TrimRight(text, "\r\n")
		bare := strings.TrimSpace(text)
		switch {
		case heredoc != "":
			if bare == heredoc {
				heredoc = ""
			}
			continue
		case strings.HasPrefix(bare, "#"), bare == "" && open == nil:
			continue
		}
		if open == nil {
			name, rest, _ := strings.Cut(bare, " ")
			open = &instruction{name: strings.ToUpper(name), rest: strings.TrimSpace(rest),
				at: diag.Position{File: doc.Root.Position.File, Line: line, Column: 1 + strings.Index(text, bare)}}
		} else {
			open.rest += " " + bare
		}
		if strings.HasSuffix(open.rest, `\`) {
			open.rest = strings.TrimSpace(strings.TrimSuffix(open.rest, `\`))
			continue
		}
		if _, mark, found := strings.Cut(open.rest, "<<"); found {
			heredoc, _, _ = strings.Cut(strings.Trim(strings.TrimPrefix(mark, "-"), `"'`), " ")
		}
		if doc.Flat { // a text in a compose file, of which the lines are not known
			open.at = doc.Root.Position
		}
		all = append(all, *open)
		open = nil
	}
	return all
}

// built is what a service has of its Dockerfile: that of the last stage, or of the one that is asked for, and of those below it.
type built struct {
	image       model.Image
	environment []model.Variable
	mounts      []model.Mount
	// node is the service with the command, the entry point and the working directory of the image, where it has none of its own.
	node *model.Node
}

// dockerfile returns the path of the Dockerfile of a service from where the compose file is, and the folder that it copies from; "" if there is
// none, or it is elsewhere.
func dockerfile(service *model.Node) (file, context string) {
	build := service.Get("build")
	if build == nil {
		return "", ""
	}
	context, known := build.Literal()
	name := "Dockerfile"
	if build.Kind == model.Map {
		context, known = build.Get("context").Literal()
		if build.Get("context") == nil {
			context, known = ".", true
		}
		if given := build.Get("dockerfile"); given != nil {
			var ok bool
			name, ok = given.Literal()
			known = known && ok
		}
		known = known && build.Get("dockerfile_inline") == nil
	}
	if !known || context == "" || path.IsAbs(context) || strings.Contains(context, "://") || strings.HasPrefix(context, "git@") {
		return "", ""
	}
	return path.Join(context, name), path.Clean(context)
}

// built reads the Dockerfile of a service, be it a text of the compose file; nil if it is not visible.
func (p *project) built(service *model.Node) *built {
	file, context := dockerfile(service)
	doc := p.documents[path.Join(p.dir, file)]
	if text, known := service.At("build", "dockerfile_inline").Literal(); known {
		at := service.At("build", "dockerfile_inline").Position
		file, doc = "dockerfile_inline", &model.Document{Flat: true, Root: &model.Node{Kind: model.String, Text: text, Position: at}}
		if context, known = service.At("build", "context").Literal(); !known {
			context = "."
		}
	}
	if file == "" || doc == nil || doc.Root == nil || doc.Root.Kind != model.String || doc.Template {
		return nil
	}
	b := &builder{project: p, context: path.Join(p.dir, context), arguments: map[string]string{}, stages: map[string]*built{}, service: service}
	for _, f := range asMap(service.At("build", "args")).Entries() {
		if text, known := f.Value.Literal(); known {
			b.arguments[f.Key] = text
		}
	}
	target, _ := service.At("build", "target").Literal()
	for _, i := range instructions(doc) {
		if i.name == "FROM" && b.stage != nil && target != "" && b.name == target {
			break
		}
		b.read(i)
	}
	return b.stage
}

// builder reads a Dockerfile, stage by stage.
type builder struct {
	*project
	service   *model.Node
	context   string
	arguments map[string]string
	stages    map[string]*built
	stage     *built
	name      string
}

func (b *builder) read(i instruction) {
	words, _ := model.SplitWords(i.rest)
	words = slices.DeleteFunc(words, func(word string) bool { return strings.HasPrefix(word, "--") && i.name == "FROM" })
	switch i.name {
	case "ARG":
		for _, word := range words {
			name, value, given := strings.Cut(word, "=")
			if _, set := b.arguments[name]; given && !set {
				b.arguments[name] = value
			}
		}
	case "FROM":
		b.from(i, words)
	}
	if b.stage == nil || len(words) == 0 {
		return
	}
	switch i.name {
	case "ENV":
		b.env(i, words)
	case "COPY", "ADD":
		b.copy(i, words)
	case "WORKDIR", "CMD", "ENTRYPOINT":
		b.start(i)
	}
}

// from begins a stage, on an image or on an earlier stage.
func (b *builder) from(i instruction, words []string) {
	if len(words) == 0 {
		return
	}
	reference := words[0]
	stage := &built{node: b.service}
	if earlier := b.stages[reference]; earlier != nil {
		copied := *earlier
		stage = &copied
	} else {
		text, known := b.expand(reference)
		stage.image = model.ParseImage(text)
		stage.image.Known = known
		stage.image.Position = i.at
	}
	b.stage, b.name = stage, ""
	if len(words) == 3 && strings.EqualFold(words[1], "as") {
		b.name = words[2]
		b.stages[b.name] = stage
	}
}

// expand puts in the values of arguments; false if one is not known.
func (b *builder) expand(text string) (string, bool) {
	for _, name := range slices.Sorted(maps.Keys(b.arguments)) {
		value := b.arguments[name]
		text = strings.ReplaceAll(text, "${"+name+"}", value)
		if strings.HasSuffix(text, "$"+name) {
			text = strings.TrimSuffix(text, "$"+name) + value
		}
	}
	return text, !strings.Contains(text, "$")
}

// env reads NAME=value …, or the old form NAME value.
func (b *builder) env(i instruction, words []string) {
	if !strings.Contains(words[0], "=") {
		words = []string{words[0] + "=" + strings.Join(words[1:], " ")}
	}
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		text, known := b.expand(value)
		b.stage.environment = append(slices.Clone(b.stage.environment), model.Variable{Name: name, Position: i.at,
			Value: &model.Node{Kind: model.String, Text: text, Position: i.at, Unknown: !known}})
	}
}

// copy reads what is copied from the context: single files, and of folders those that are documents.
func (b *builder) copy(i instruction, words []string) {
	if slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, "--from") }) {
		return
	}
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.HasPrefix(word, "--") })
	if strings.HasPrefix(i.rest, "[") {
		words = nil
		if json.Unmarshal([]byte(i.rest), &words) != nil {
			return
		}
	}
	if len(words) < 2 {
		return
	}
	sources, target := words[:len(words)-1], words[len(words)-1]
	folder, _ := b.stage.node.Get("working_dir").Literal()
	isFolder := strings.HasSuffix(target, "/") || len(sources) > 1 || target == "." || target == "./"
	if !path.IsAbs(target) {
		target = path.Join("/", folder, target)
	}
	for _, source := range sources {
		from := path.Join(b.context, source)
		for _, name := range slices.Sorted(maps.Keys(b.documents)) {
			doc := b.documents[name]
			to := path.Clean(target)
			switch rest, inside := strings.CutPrefix(name, strings.TrimSuffix(from, "/")+"/"); {
			case name == from && isFolder:
				to = path.Join(to, path.Base(from))
			case name == from:
			case inside || from == ".":
				if from == "." {
					rest = name
				}
				to = path.Join(to, rest)
			default:
				continue
			}
			relative := strings.TrimPrefix(strings.TrimPrefix(name, b.dir), "/")
			b.stage.mounts = append(slices.Clone(b.stage.mounts), model.Mount{Type: "copy", Source: relative, Target: to, Document: doc, Position: i.at})
		}
	}
}

// start notes how the container starts, where the service does not say it itself.
func (b *builder) start(i instruction) {
	key := map[string]string{"WORKDIR": "working_dir", "CMD": "command", "ENTRYPOINT": "entrypoint"}[i.name]
	if b.service.Get(key) != nil || i.name == "CMD" && b.service.Get("entrypoint") != nil {
		return
	}
	value := &model.Node{Kind: model.String, Text: i.rest, Position: i.at}
	var words []string
	if json.Unmarshal([]byte(i.rest), &words) == nil {
		value = &model.Node{Kind: model.List, Position: i.at}
		for _, word := range words {
			value.Items = append(value.Items, &model.Node{Kind: model.String, Text: word, Position: i.at})
		}
	}
	node := *b.stage.node
	node.Fields = slices.DeleteFunc(slices.Clone(node.Fields), func(f model.Field) bool { return f.Key == key })
	node.Fields = append(node.Fields, model.Field{Key: key, Value: value, Position: i.at})
	b.stage.node = &node
}

// copiedSources returns the files and folders that the Dockerfile of a service copies, from where the compose file is.
func copiedSources(doc *model.Document, context string) []string {
	var sources []string
	for _, i := range instructions(doc) {
		words, _ := model.SplitWords(i.rest)
		if i.name != "COPY" && i.name != "ADD" || strings.Contains(i.rest, "--from") || len(words) < 2 {
			continue
		}
		for _, word := range words[:len(words)-1] {
			word = strings.Trim(word, `[]",`)
			if !strings.HasPrefix(word, "--") && !strings.ContainsAny(word, "$*?:") && word != "" {
				sources = append(sources, path.Join(context, word))
			}
		}
	}
	return sources
}
