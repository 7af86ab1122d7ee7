package remote

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15 // seconds
)

// Connection says how to reach a host.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// ProxyConnection says how to reach the host through which the other is reached.
type ProxyConnection struct {
	Endpoint
}

// Endpoint is what a host and a proxy have in common.
type Endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	Host               string   `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
}

// Annotate sets the schema's defaults.
func (c *Connection) Annotate(annotator infer.Annotator) { c.annotate(annotator) }

// Annotate sets the schema's defaults.
func (c *ProxyConnection) Annotate(annotator infer.Annotator) { c.annotate(annotator) }

func (e *Endpoint) annotate(annotator infer.Annotator) {
	annotator.SetDefault(&e.User, defaultUser)
	annotator.SetDefault(&e.Port, defaultPort)
	annotator.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	annotator.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
}

func (e *Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(valueOr(e.Port, defaultPort))))
}

func (e *Endpoint) dialErrorLimit() int { return valueOr(e.DialErrorLimit, defaultDialErrorLimit) }

// timeout of one attempt; zero means none.
func (e *Endpoint) timeout() time.Duration {
	return time.Duration(valueOr(e.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

// clientConfig also returns what has to be called once the connection is closed.
func (e *Endpoint) clientConfig() (*ssh.ClientConfig, func(), error) {
	config := &ssh.ClientConfig{User: valueOr(e.User, defaultUser)}
	if err := e.checkHostKey(config); err != nil {
		return nil, nil, err
	}
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			return nil, nil, fmt.Errorf("private key for %s: %w", e.address(), err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		config.Auth = append(config.Auth, ssh.Password(*e.Password), ssh.KeyboardInteractive(e.answer))
	}
	return e.addAgent(config)
}

func (e *Endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

// answer gives the password to every prompt.
func (e *Endpoint) answer(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range answers {
		answers[i] = *e.Password
	}
	return answers, nil
}

// addAgent offers the agent's keys last. Only an agent that the program names has to be there.
func (e *Endpoint) addAgent(config *ssh.ClientConfig) (*ssh.ClientConfig, func(), error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if e.AgentSocketPath != nil {
		socket = *e.AgentSocketPath
	}
	if socket == "" {
		return config, func() {}, nil
	}
	connection, err := net.Dial("unix", socket)
	if err != nil {
		if e.AgentSocketPath == nil {
			return config, func() {}, nil
		}
		return nil, nil, fmt.Errorf("SSH agent: %w", err)
	}
	config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	return config, func() { _ = connection.Close() }, nil
}

func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
