// Adds the binaries of other platforms that npm left out of package-lock.json. npm leaves out what its registry
// does not have, and `npm ci` then refuses the lock file because they are missing. Run after every change of
// dependencies: node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const partsOf = (name) => name.split('/').pop().split('-');

/** The processor that a package's name speaks of: `arm-gnueabihf` is arm, `wasm32-wasi` none of a machine's. */
const processorOf = (name) => PROCESSORS.find((processor) => partsOf(name).includes(processor));

const platformOf = (name) => {
  const parts = partsOf(name);
  const os = SYSTEMS.find((system) => parts.includes(system));
  const cpu = processorOf(name);
  if (!cpu) return undefined;
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc';
  const saysLibc = parts.some((part) => part.startsWith('musl') || part.startsWith('gnu'));
  return { cpu: [cpu], ...(os && { os: [os] }), ...(saysLibc && { libc: [libc] }) };
};

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const found = [`${path}/node_modules/${name}`, `node_modules/${name}`].some(
      (place) => lock.packages[place],
    );
    const platform = platformOf(name);
    if (found || !/^\d/.test(version) || !platform) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platform,
      ...(entry.dev && { dev: true }),
      license: entry.license,
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} added\n${added.map((name) => `  ${name}\n`).join('')}`);
