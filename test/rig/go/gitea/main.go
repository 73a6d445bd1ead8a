// Command gitea is Gitea itself: its module cannot be installed by name, because it replaces some of those it needs.
package main

import (
	"os"

	"code.gitea.io/gitea/cmd"
	"code.gitea.io/gitea/modules/log"

	_ "code.gitea.io/gitea/modules/markup/markdown"
)

func main() {
	_ = cmd.RunMainApp(cmd.NewMainApp(cmd.AppVersion{Version: "1.26.0"}), os.Args...)
	log.GetManager().Close()
}
