package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// httpProxy starts a proxy whose tunnels all lead to one address. Its own is in the variable HTTPS_PROXY, and whom it was asked for in the file proxy.log.
func httpProxy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: httpproxy ADDRESS")
	}
	record, err := os.OpenFile(filepath.Join(ts.MkAbs("."), "proxy.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	ts.Check(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(record, r.Method, r.Host)
		conn, err := net.Dial("tcp", args[0])
		if err != nil || r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer conn.Close()
		w.WriteHeader(http.StatusOK)
		client, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		go func() { io.Copy(conn, buffered); conn.Close() }()
		io.Copy(client, conn)
	}))
	ts.Defer(func() { server.Close(); record.Close() })
	ts.Setenv("HTTPS_PROXY", server.URL)
}
