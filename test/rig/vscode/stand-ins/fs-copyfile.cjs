// Instead of @vscode/fs-copyfile, which is C++: without copy-on-write.
const { copyFile, cp } = require('node:fs/promises');

exports.copyFile = copyFile;
exports.cp = (source, destination, options) => cp(source, destination, { recursive: true, ...options });
