package remote

import (
	"bytes"
	"fmt"
	"net"

	"golang.org/x/crypto/ssh"
)

// HostKeyError says that something else than the expected host answered. Dialling again is no cure.
type HostKeyError struct {
	Address       string
	Expected, Got ssh.PublicKey
}

func (e *HostKeyError) Error() string {
	return fmt.Sprintf("host key of %s is not the expected one: got %s %s, expected %s %s",
		e.Address, e.Got.Type(), ssh.FingerprintSHA256(e.Got),
		e.Expected.Type(), ssh.FingerprintSHA256(e.Expected))
}

func (e *Endpoint) checkHostKey(config *ssh.ClientConfig) error {
	if e.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return nil
	}
	expected, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return fmt.Errorf("hostKey for %s is no public key as in an authorized_keys file: %w", e.address(), err)
	}
	// Ask for a key of this type: a host may have several.
	config.HostKeyAlgorithms = []string{expected.Type()}
	if expected.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	config.HostKeyCallback = func(_ string, _ net.Addr, got ssh.PublicKey) error {
		if !bytes.Equal(got.Marshal(), expected.Marshal()) {
			return &HostKeyError{Address: e.address(), Expected: expected, Got: got}
		}
		return nil
	}
	return nil
}
