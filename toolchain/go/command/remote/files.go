package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

// remoteFiles is a host's file system, over SFTP.
type remoteFiles struct {
	*sftp.Client
}

// withFiles gives use the host's file system; cancelling closes the connection under it.
func withFiles(ctx context.Context, connection *Connection, use func(*remoteFiles) error) error {
	connected, err := connection.dial(ctx)
	if err != nil {
		return err
	}
	defer connected.Close()
	defer context.AfterFunc(ctx, func() { _ = connected.Client.Close() })()
	files, err := sftp.NewClient(connected.Client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return fmt.Errorf("SFTP on %s: %w", connection.Host, err)
	}
	defer files.Close()
	if err := use(&remoteFiles{files}); err != nil {
		return fmt.Errorf("copy to %s: %w", connection.Host, err)
	}
	return nil
}

func (f *remoteFiles) isDir(name string) (exists, dir bool, err error) {
	info, err := f.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("%s: %w", name, err)
	}
	return true, info.IsDir(), nil
}

func (f *remoteFiles) makeDir(name string) error {
	exists, dir, err := f.isDir(name)
	switch {
	case err != nil || dir:
		return err
	case exists:
		return fmt.Errorf("%s is there and not a directory", name)
	}
	if err := f.MkdirAll(name); err != nil {
		return fmt.Errorf("directory %s: %w", name, err)
	}
	return nil
}

func (f *remoteFiles) copyText(text, target string) error {
	_, dir, err := f.isDir(target)
	if err != nil {
		return err
	}
	if dir {
		return fmt.Errorf("%s is a directory; a StringAsset needs the path of a file", target)
	}
	return f.write(strings.NewReader(text), target)
}

// copyPath puts a file at target, or into it if that is a directory. A directory goes into target
// under its own name; with a trailing slash its content goes there.
func (f *remoteFiles) copyPath(source, target string) error {
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	if info.IsDir() {
		if err := f.makeDir(target); err != nil {
			return err
		}
		if !strings.HasSuffix(source, "/") {
			target = path.Join(target, filepath.Base(source))
		}
		return f.copyDir(source, target)
	}
	_, dir, err := f.isDir(target)
	if err != nil {
		return err
	}
	if dir {
		target = path.Join(target, filepath.Base(source))
	}
	return f.copyFile(source, target)
}

func (f *remoteFiles) copyDir(source, target string) error {
	return fs.WalkDir(os.DirFS(source), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return f.makeDir(path.Join(target, name))
		}
		return f.copyFile(filepath.Join(source, name), path.Join(target, name))
	})
}

func (f *remoteFiles) copyFile(source, target string) error {
	local, err := os.Open(source)
	if err != nil {
		return err
	}
	defer local.Close()
	return f.write(local, target)
}

func (f *remoteFiles) write(content io.Reader, target string) error {
	if err := f.makeDir(path.Dir(target)); err != nil {
		return err
	}
	remote, err := f.Create(target)
	if err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	_, err = remote.ReadFrom(content)
	if err = errors.Join(err, remote.Close()); err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	return nil
}
