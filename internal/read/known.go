package read

import "github.com/matrixgen/matrixgen/internal/model"

// known is what is remembered of a file that was read.
type known struct {
	// doc is the document; nil if the file has none, and where it is not held.
	doc *model.Document
	// kind is that of the document; "" if the file has none.
	kind model.DocumentKind
	// template says that the document is one.
	template bool
	// isUnread says that the file is no text, or cannot be read.
	isUnread bool
	// isBroken says that the file has no document, though it was meant to be one, of brokenKind; isMatrix, that this is one of Matrix by what is legible.
	isBroken, isMatrix bool
	brokenKind         model.DocumentKind
	// isForeign says of a compose file that its keys are those of another format.
	isForeign bool
	// uses are the files that a compose file includes or extends, or the names of the units that one of Podman names, and given the base names of those that a script hands to Compose.
	uses, given []string
	// mayInstall says that an object in the file may install a chart, or has what that takes, and ofChart, that one may be about Element's.
	mayInstall, ofChart bool
	// products are what the services of a compose file may run, and networks the names of those that others may have made.
	products, networks []string
}

// knownBy returns what is remembered of a file, without its document.
func knownBy(name string, l loaded) *known {
	k := &known{isUnread: l.isUnread, isForeign: l.foreign, isBroken: l.doc == nil && len(l.findings) > 0, brokenKind: l.kind, mayInstall: l.mayInstall, ofChart: l.speaksOfChart}
	if l.isUntelling {
		k.kind, k.isBroken = model.KindOther, false
		return k
	}
	if l.doc == nil {
		k.isMatrix = (k.isBroken || k.isUnread) && !isForTests(name) && (isMatrixKind(l.kind) || l.kind == model.KindCompose && speaksOfMatrix()(l.broken))
		return k
	}
	k.kind, k.template = l.doc.Kind, l.doc.Template
	switch k.kind {
	case model.KindCompose:
		k.uses, k.products, k.networks = usedBy(l.doc), mayRun(l.doc), mayJoin(l.doc)
	case model.KindQuadlet:
		k.uses, k.products = namedUnits(l.doc), unitRuns(l.doc)
	case model.KindScript:
		k.given = givenToCompose(l.doc)
	}
	return k
}

// held returns the document, if it is held.
func (k *known) held() *model.Document {
	if k == nil {
		return nil
	}
	return k.doc
}

// is reports whether a file has a document of a kind.
func (k *known) is(kind model.DocumentKind) bool { return k != nil && k.kind == kind }

// speaksOfChart reports whether a file has something of Element's chart.
func (k *known) speaksOfChart() bool { return k != nil && (k.ofChart || k.kind == model.KindESS) }

// settle says what a document is that was taken for something else.
func (k *known) settle(kind model.DocumentKind) {
	k.kind = kind
	if k.doc != nil {
		k.doc.Kind, k.doc.Upstream = kind, kind.Upstream()
	}
}
