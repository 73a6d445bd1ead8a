// Instead of @vscode/native-watchdog, which is C++: it ends an extension host that hangs after its server has gone.
// The rig ends the whole process group.
exports.start = () => undefined;
