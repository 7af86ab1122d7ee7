package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	provider "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

const (
	// A node comes up within seconds, so the first attempts follow each other quickly.
	firstPause = 200 * time.Millisecond
	lastPause  = 2 * time.Second
)

// A host that has vanished is noticed after 10 s + 4 × 5 s.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4}

// client is an SSH connection with everything below it.
type client struct {
	*ssh.Client
	release []func()
}

func (c *client) Close() {
	for i := len(c.release) - 1; i >= 0; i-- {
		c.release[i]()
	}
}

// dial connects, through the proxy if there is one.
func (c *Connection) dial(ctx context.Context) (_ *client, err error) {
	dialed := &client{}
	defer func() {
		if err != nil {
			dialed.Close()
		}
	}()
	connect := (&net.Dialer{KeepAliveConfig: keepAlive}).DialContext
	if c.Proxy != nil {
		proxy, err := dialed.add(ctx, &c.Proxy.Endpoint, connect)
		if err != nil {
			return nil, fmt.Errorf("proxy: %w", err)
		}
		connect = proxy.DialContext
	}
	dialed.Client, err = dialed.add(ctx, &c.Endpoint, connect)
	return dialed, err
}

type connector func(ctx context.Context, network, address string) (net.Conn, error)

func (c *client) add(ctx context.Context, endpoint *Endpoint, connect connector) (*ssh.Client, error) {
	config, release, err := endpoint.clientConfig()
	if err != nil {
		return nil, err
	}
	c.release = append(c.release, release)
	connected, err := retry(ctx, endpoint, func() (*ssh.Client, error) {
		return attempt(ctx, endpoint, config, connect)
	})
	if err == nil {
		c.release = append(c.release, func() { _ = connected.Close() })
	}
	return connected, err
}

// attempt bounds the handshake too: a host that is booting may accept and then stay silent.
func attempt(ctx context.Context, endpoint *Endpoint, config *ssh.ClientConfig, connect connector) (*ssh.Client, error) {
	if limit := endpoint.timeout(); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	connection, err := connect(ctx, "tcp", endpoint.address())
	if err != nil {
		return nil, err
	}
	// A connection through a proxy knows no deadlines; closing it ends a handshake everywhere.
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	handshaken, channels, requests, err := ssh.NewClientConn(connection, endpoint.address(), config)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = connection.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("no SSH handshake with %s in time: %w", endpoint.address(), context.Cause(ctx))
		}
		return nil, err
	}
	return ssh.NewClient(handshaken, channels, requests), nil
}

// retry allows as many failures as the endpoint's limit says; a negative limit allows any number.
func retry(ctx context.Context, endpoint *Endpoint, try func() (*ssh.Client, error)) (*ssh.Client, error) {
	limit, allowed := endpoint.dialErrorLimit(), "∞"
	if limit >= 0 {
		allowed = fmt.Sprint(limit)
	}
	began, pause := time.Now(), firstPause
	for failures := 1; ; failures++ {
		connected, err := try()
		if err == nil {
			return connected, nil
		}
		var wrongHost *HostKeyError
		if errors.As(err, &wrongHost) {
			return nil, wrongHost
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("SSH to %s: cancelled while dialling: %w", endpoint.address(), err)
		}
		if limit >= 0 && failures > limit {
			return nil, fmt.Errorf("SSH to %s: gave up after %d attempts in %s: %w",
				endpoint.address(), failures, time.Since(began).Round(time.Millisecond), err)
		}
		provider.GetLogger(ctx).InfoStatusf("SSH to %s: attempt %d failed (%s allowed), trying again: %v",
			endpoint.address(), failures, allowed, err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(pause*3/2, lastPause)
	}
}
