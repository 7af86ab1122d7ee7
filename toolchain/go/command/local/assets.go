package local

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// collect turns the files that the command left into assets.
func collect(inputs BaseInputs, results *BaseOutputs) error {
	dir := "."
	if inputs.Dir != nil {
		dir = *inputs.Dir
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if inputs.AssetPaths != nil {
		assets := map[string]*types.AssetOrArchive{}
		err := eachMatch(dir, *inputs.AssetPaths, func(name string, asset *resource.Asset) {
			assets[name] = &types.AssetOrArchive{Asset: asset}
		})
		if err != nil {
			return err
		}
		results.Assets = &assets
	}
	if inputs.ArchivePaths != nil {
		members := map[string]any{}
		err := eachMatch(dir, *inputs.ArchivePaths, func(name string, asset *resource.Asset) {
			members[name] = asset
		})
		if err != nil {
			return err
		}
		if results.Archive, err = resource.NewAssetArchive(members); err != nil {
			return err
		}
	}
	return nil
}

func eachMatch(dir string, rules []string, use func(name string, asset *resource.Asset)) error {
	names, err := matches(dir, rules)
	if err != nil {
		return err
	}
	for _, name := range names {
		asset, err := resource.NewPathAsset(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		use(name, asset)
	}
	return nil
}

// matches lists the files below dir for which the last rule that speaks of them includes them.
func matches(dir string, rules []string) ([]string, error) {
	type rule struct {
		pattern glob.Glob
		include bool
	}
	parsed := make([]rule, 0, len(rules))
	for _, text := range rules {
		pattern, exclude := strings.CutPrefix(text, "!")
		compiled, err := glob.Compile(pattern, '/')
		if err != nil {
			return nil, fmt.Errorf("path pattern %q: %w", text, err)
		}
		parsed = append(parsed, rule{compiled, !exclude})
	}
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		included := false
		for _, rule := range parsed {
			if rule.pattern.Match(name) {
				included = rule.include
			}
		}
		if included {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
