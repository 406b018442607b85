import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { load } from 'js-yaml';

const root = path.dirname(fileURLToPath(import.meta.url));
/** Built beside the place where it is used, and put there when it is whole. */
const outdir = path.join(root, `dist-${process.pid}`);

/**
 * The client library declares no `sideEffects`, so that a bundler keeps all 717 models. It has none that matter here:
 * only what is imported by name from it remains.
 */
const dropUnusedApis = {
  name: 'drop-unused-apis',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path: name, pluginData, ...options }) => {
      if (pluginData === 'asked') return undefined;
      const { importer, namespace, resolveDir, kind } = options;
      const found = await resolve(name, { importer, namespace, resolveDir, kind, pluginData: 'asked' });
      return { ...found, sideEffects: false };
    });
    onResolve({ filter: /^\.\.?\// }, async ({ path: name, importer, namespace, resolveDir, kind, pluginData }) => {
      if (pluginData === 'asked' || !importer.includes('@kubernetes/client-node/dist')) return undefined;
      const found = await resolve(name, { importer, namespace, resolveDir, kind, pluginData: 'asked' });
      return { ...found, sideEffects: false };
    });
  },
};

/** Large parts of libraries that svc-debug never comes to, and what stands in for them. */
const STAND_INS = {
  // node-fetch falls back to it where Node has no URL
  'whatwg-url': 'export default { URL, URLSearchParams };',
  // opens an editor for a prompt that is not used; it brings tables of all character sets
  '@inquirer/external-editor': 'export const editAsync = () => { throw new Error("no editor") };',
};

const standIns = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(STAND_INS).join('|')})$`);
    onResolve({ filter }, ({ path: name }) => ({ path: name, namespace: 'stand-in' }));
    onLoad({ filter, namespace: 'stand-in' }, ({ path: name }) => ({ contents: STAND_INS[name] }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { start: 'src/cli/start.ts' },
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  metafile: true,
  // Node's own punycode warns on standard error since Node 21.
  alias: { punycode: path.join(root, 'node_modules/punycode/punycode.js') },
  // Some of the bundled libraries are CommonJS and call require.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [standIns, dropUnusedApis],
  logLevel: 'warning',
});
await writeFile(path.join(outdir, 'THIRD_PARTY_LICENSES'), await licenses(Object.keys(metafile.inputs)));
await writeFile(
  path.join(outdir, 'scenarios.json'),
  JSON.stringify(await scenarios(path.join(root, 'test/e2e/cases'))),
);
await put(outdir, path.join(root, 'dist'));

/** What `svc-debug practice` plays: the cases of the end-to-end tests. Reading YAML takes longer than starting the cluster. */
async function scenarios(place) {
  const read = (folder, name) => readFile(path.join(place, folder, name), 'utf8');
  const folders = (await readdir(place)).sort();
  return Promise.all(
    folders.map(async (folder) => ({
      folder,
      content: load(await read(folder, 'case.yaml')),
      manifests: await read(folder, 'manifests.yaml'),
    })),
  );
}

/** Moves a folder to where another may stand, whose files may be in use. */
async function put(folder, place) {
  const before = `${folder}-before`;
  await rename(place, before).catch(() => undefined);
  await rename(folder, place);
  await rm(before, { recursive: true, force: true });
}

/** The notices of every package of which something is in the bundle. */
async function licenses(inputs) {
  const folders = new Set(inputs.flatMap((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const notices = await Promise.all([...folders].sort().map(notice));
  return `svc-debug contains these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  const files = (await readdir(path.join(root, folder))).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0 && !license) throw new Error(`${name} says nothing of its licence`);
  const texts = await Promise.all(files.map((file) => readFile(path.join(root, folder, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}
