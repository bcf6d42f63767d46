package git

import (
	"bytes"
	"io"
	"io/fs"
	"time"
)

// A node is the entry of a folder.

func (n *node) Name() string      { return n.name }
func (n *node) IsDir() bool       { return n.mode.IsDir() }
func (n *node) Type() fs.FileMode { return n.mode.Type() }

// Info asks git for the size.
func (n *node) Info() (fs.FileInfo, error) {
	info := fileInfo{node: n}
	if n.id == "" {
		return info, nil
	}
	var err error
	info.size, err = n.tree.objects.size(n.id)
	return info, err
}

// fileInfo describes a node. Git records no time.
type fileInfo struct {
	*node
	size int64
}

func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) Sys() any           { return nil }

// openFile is a file that is read.
type openFile struct {
	*bytes.Reader
	info fileInfo
}

func newOpenFile(n *node, content []byte) *openFile {
	return &openFile{bytes.NewReader(content), fileInfo{n, int64(len(content))}}
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// openFolder is a folder that is listed.
type openFolder struct {
	node *node
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node.Info() }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.node.name, Err: fs.ErrInvalid}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.left) {
		if n > 0 && len(f.left) == 0 {
			return nil, io.EOF
		}
		n = len(f.left)
	}
	next := f.left[:n:n]
	f.left = f.left[n:]
	return next, nil
}
