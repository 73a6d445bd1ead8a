// Instead of @vscode/spdlog, which is C++ and takes a compiler and a minute: the same files, each line written at once.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
const NAMES = { warn: 'warning' };

function createLogger(file) {
  let least = LEVELS.indexOf('info');
  let plain = false;
  mkdirSync(dirname(file), { recursive: true });
  function write(level, message) {
    if (LEVELS.indexOf(level) < least) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    appendFileSync(file, plain ? message : `${time} [${NAMES[level] ?? level}] ${message}\n`);
  }
  return {
    ...Object.fromEntries(LEVELS.map((level) => [level, (message) => write(level, message)])),
    getLevel: () => least,
    setLevel: (level) => {
      least = level;
    },
    clearFormatters: () => {
      plain = true;
    },
    setPattern: () => undefined,
    flush: () => undefined,
    drop: () => undefined,
  };
}

exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.createRotatingLogger = async (_name, file) => createLogger(file);
exports.createAsyncRotatingLogger = async (_name, file) => createLogger(file);
