package remote

import (
	"context"
	"errors"
	"os"

	provider "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote.
type CopyToRemote struct{}

// CopyToRemoteInputs are what a program sets.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// CopyToRemoteState is kept in the stack.
type CopyToRemoteState struct {
	CopyToRemoteInputs
}

func (*CopyToRemote) Check(
	ctx context.Context, request infer.CheckRequest,
) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, request.NewInputs)
	if err == nil && len(failures) == 0 && !request.NewInputs.Get("source").HasComputed() {
		if err := inputs.checkSource(); err != nil {
			failures = append(failures, provider.CheckFailure{Property: "source", Reason: err.Error()})
		}
	}
	return infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}, err
}

func (i *CopyToRemoteInputs) checkSource() error {
	asset, archive := i.Source.Asset, i.Source.Archive
	switch {
	case asset != nil && !asset.IsPath() && !asset.IsText():
		return errors.New("an asset has to be a FileAsset or a StringAsset")
	case archive != nil && !archive.IsPath():
		return errors.New("an archive has to be a FileArchive")
	case asset == nil && archive == nil:
		return errors.New("an asset or an archive is needed")
	}
	return nil
}

func (*CopyToRemote) Create(
	ctx context.Context, request infer.CreateRequest[CopyToRemoteInputs],
) (infer.CreateResponse[CopyToRemoteState], error) {
	state := CopyToRemoteState{request.Inputs}
	id, err := resource.NewUniqueHex("", 8, 0)
	if err == nil && !request.DryRun {
		err = state.copy(ctx)
	}
	return infer.CreateResponse[CopyToRemoteState]{ID: id, Output: state}, err
}

// Update copies when the content or its place has changed; another connection alone is just noted.
func (*CopyToRemote) Update(
	ctx context.Context, request infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteState],
) (infer.UpdateResponse[CopyToRemoteState], error) {
	state, before := CopyToRemoteState{request.Inputs}, request.State
	var err error
	if !request.DryRun && (state.hash() != before.hash() || state.RemotePath != before.RemotePath) {
		err = state.copy(ctx)
	}
	return infer.UpdateResponse[CopyToRemoteState]{Output: state}, err
}

func (i *CopyToRemoteInputs) hash() string {
	if i.Source.Archive != nil {
		return i.Source.Archive.Hash
	}
	return i.Source.Asset.Hash
}

func (i *CopyToRemoteInputs) copy(ctx context.Context) error {
	return withFiles(ctx, i.Connection, func(files *remoteFiles) error {
		switch asset := i.Source.Asset; {
		case asset == nil:
			return files.copyPath(i.Source.Archive.Path, i.RemotePath)
		case asset.IsText():
			return files.copyText(asset.Text, i.RemotePath)
		default:
			return files.copyPath(asset.Path, i.RemotePath)
		}
	})
}

// CopyFile is the resource command:remote:CopyFile; any change replaces it.
type CopyFile struct{}

// CopyFileInputs are what a program sets.
type CopyFileInputs struct {
	Connection *Connection `pulumi:"connection" provider:"secret"`
	Triggers   *[]any      `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	LocalPath  string      `pulumi:"localPath"`
	RemotePath string      `pulumi:"remotePath"`
}

// CopyFileState is kept in the stack.
type CopyFileState struct {
	CopyFileInputs
}

// Annotate marks the resource as deprecated, as the SDK has it.
func (c *CopyFile) Annotate(annotator infer.Annotator) {
	annotator.Deprecate(&c, "use CopyToRemote")
}

func (*CopyFile) Create(
	ctx context.Context, request infer.CreateRequest[CopyFileInputs],
) (infer.CreateResponse[CopyFileState], error) {
	state := CopyFileState{request.Inputs}
	id, err := resource.NewUniqueHex("", 8, 0)
	if err == nil && !request.DryRun {
		// Before dialling: a missing file is no reason to wait for a host.
		if _, err = os.Stat(state.LocalPath); err == nil {
			err = withFiles(ctx, state.Connection, func(files *remoteFiles) error {
				return files.copyFile(state.LocalPath, state.RemotePath)
			})
		}
	}
	return infer.CreateResponse[CopyFileState]{ID: id, Output: state}, err
}
