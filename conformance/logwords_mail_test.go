package conformance

import (
	"fmt"
	"os/exec"
	"testing"
)

// TestMailWords has Synapse speak TLS from the first byte to a mail server that begins in clear.
func TestMailWords(t *testing.T) {
	page := readRulePage(t, "mail-tls-mode")
	code := `import logging, sys
from twisted.internet import defer, protocol, reactor
from synapse.handlers.send_email import _sendmail

class Clear(protocol.Protocol):
    def connectionMade(self):
        self.transport.write(b"220 mail.example.org ESMTP\r\n")

port = reactor.listenTCP(0, protocol.Factory.forProtocol(Clear), interface="127.0.0.1")

def failed(failure):
    print(failure.getErrorMessage())

def done(_):
    reactor.stop()

d = defer.ensureDeferred(_sendmail(reactor, "127.0.0.1", port.getHost().port, "a@example.org", "b@example.org", b"hello", force_tls=True))
d.addErrback(failed).addBoth(done)
reactor.callLater(20, reactor.stop)
reactor.run()
`
	said, err := exec.Command(python(t, "default"), "-c", code).CombinedOutput()
	if err != nil {
		t.Fatal(fmt.Errorf("%w\n%s", err, said))
	}
	page.prints(t, "Synapse", string(said), "wrong version number")
}
