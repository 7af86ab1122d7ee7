package remote

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// server speaks SSH on loopback, lets everyone in and runs nothing.
func server(t *testing.T, listener net.Listener) ssh.PublicKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(signer)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, channels, requests, err := ssh.NewServerConn(connection, config)
				if err != nil {
					return
				}
				go ssh.DiscardRequests(requests)
				for channel := range channels {
					_ = channel.Reject(ssh.Prohibited, "no sessions here")
				}
			}()
		}
	}()
	return signer.PublicKey()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func connection(listener net.Listener, limit int) *Connection {
	port := float64(listener.Addr().(*net.TCPAddr).Port)
	return &Connection{Endpoint: Endpoint{Host: "127.0.0.1", Port: &port, DialErrorLimit: &limit}}
}

func authorized(key ssh.PublicKey) *string {
	text := string(ssh.MarshalAuthorizedKey(key))
	return &text
}

func TestTheExpectedHostKeyIsAccepted(t *testing.T) {
	listener := listen(t)
	target := connection(listener, 0)
	target.HostKey = authorized(server(t, listener))
	dialed, err := target.dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dialed.Close()
}

func TestAnotherHostKeyIsRefusedAtTheFirstAttempt(t *testing.T) {
	listener, other := listen(t), listen(t)
	server(t, listener)
	target := connection(listener, -1)
	target.HostKey = authorized(server(t, other))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := target.dial(ctx)
	var wrong *HostKeyError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "SHA256:") {
		t.Fatalf("got %v", err)
	}
}

func TestALimitOfNFailuresMakesOneMoreAttempt(t *testing.T) {
	listener := listen(t)
	target := connection(listener, 2)
	listener.Close()
	_, err := target.dial(context.Background())
	if err == nil || !strings.Contains(err.Error(), "gave up after 3 attempts") {
		t.Fatalf("got %v", err)
	}
}

func TestDiallingGoesOnUntilTheHostIsThere(t *testing.T) {
	reserved := listen(t)
	address := reserved.Addr().String()
	target := connection(reserved, -1)
	reserved.Close()
	time.AfterFunc(300*time.Millisecond, func() {
		late, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		server(t, late)
	})
	began := time.Now()
	dialed, err := target.dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dialed.Close()
	if took := time.Since(began); took > 3*time.Second {
		t.Fatalf("noticed only after %s", took)
	}
}

func TestAHostThatAcceptsAndStaysSilentCostsOneTimeout(t *testing.T) {
	silent := listen(t)
	t.Cleanup(func() { silent.Close() })
	target, second := connection(silent, 0), 1
	target.PerDialTimeout = &second
	began := time.Now()
	_, err := target.dial(context.Background())
	if err == nil || time.Since(began) > 3*time.Second {
		t.Fatalf("after %s: %v", time.Since(began), err)
	}
}

func TestCancellingEndsDialling(t *testing.T) {
	listener := listen(t)
	target := connection(listener, -1)
	listener.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := target.dial(ctx)
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) || err == nil {
		t.Fatalf("got %v", err)
	}
}

func TestAHostIsReachedThroughAProxyWithItsOwnHostKey(t *testing.T) {
	listener := listen(t)
	target := connection(listener, 0)
	target.Proxy = &ProxyConnection{connection(listener, 0).Endpoint}
	target.Proxy.HostKey = authorized(server(t, listener))
	// The server forwards nothing: the error has to come from beyond the proxy's handshake.
	_, err := target.dial(context.Background())
	if err == nil || !strings.Contains(err.Error(), "no sessions here") {
		t.Fatalf("got %v", err)
	}
}

func TestABadHostKeyIsNamedBeforeDialling(t *testing.T) {
	listener := listen(t)
	target, nonsense := connection(listener, -1), "not a key"
	target.HostKey = &nonsense
	if _, err := target.dial(context.Background()); err == nil || !strings.Contains(err.Error(), "hostKey") {
		t.Fatalf("got %v", err)
	}
}
