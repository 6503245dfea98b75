// The generator with our adapter in it, built from a copy: nothing is written to where it comes from.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ADAPTER = fileURLToPath(new URL('ours.rs', import.meta.url));
const CRATES = 'base64 = "0.22"\nflate2 = "1"\nring = "0.17"\n';

/** What is changed in the copy of a file: a text that must be there exactly once, and what takes its place. */
const CHANGES = {
  'Cargo.toml': [
    ['[dependencies]\n', `[dependencies]\n${CRATES}`],
    // Not a member of the workspace that the target folder lies in.
    ['[package]\n', '[workspace]\n\n[package]\n'],
  ],
  'src/main.rs': [
    ['mod adapter;\n', 'mod adapter;\nmod ours;\n'],
    ['adapter::by_name(&args.proto)', 'ours::by_name(&args.proto).or_else(|| adapter::by_name(&args.proto))'],
    // Both of a pair at once: they are ready when they are in a call, for which it takes both.
    [
      `                let a = Conn::open(ad.clone(), &ua, i, na.clone(), nb.clone()).await?;
                let b = Conn::open(ad, &ub, i, nb, na).await?;
`,
      `                let a = Conn::open(ad.clone(), &ua, i, na.clone(), nb.clone());
                let (a, b) = futures_util::future::try_join(a, Conn::open(ad, &ub, i, nb, na)).await?;
`,
    ],
    // Of three nodes it would use two: all calls would be between the first and the second.
    [
      '(host_rest(0, &args.url).to_string(), host_rest(1, &args.url).to_string())',
      '(host_rest(i, &args.url).to_string(), host_rest(i + 1, &args.url).to_string())',
    ],
  ],
};

/** The paths of the built programs. */
export async function buildGenerator(source, folder) {
  if (!existsSync(join(source, 'src/adapter.rs'))) throw new Error(`${source} is not the load generator: it has no src/adapter.rs`);
  const copy = join(folder, 'load');
  for (const file of await sources(source)) {
    await writeIfOther(join(copy, file), changed(file, await readFile(join(source, file), 'utf8')));
  }
  await writeIfOther(join(copy, 'src/ours.rs'), await readFile(ADAPTER, 'utf8'));

  const target = join(folder, 'build');
  const args = ['build', '--release', '--quiet', '--target-dir', target];
  const { status, error } = spawnSync('cargo', args, { cwd: copy, stdio: 'inherit' });
  if (status !== 0) throw new Error(`the load generator was not built: ${error?.message ?? `cargo ended with ${status}`}`);
  const built = (name) => join(target, 'release', name);
  return { generator: built('sigload'), floor: built('floor') };
}

async function sources(folder) {
  const files = await readdir(join(folder, 'src'), { recursive: true });
  return ['Cargo.toml', ...files.filter((file) => file.endsWith('.rs')).map((file) => join('src', file))];
}

function changed(file, text) {
  return (CHANGES[file] ?? []).reduce((text, [old, fresh]) => {
    if (text.split(old).length !== 2) throw new Error(`${file}: expected ${JSON.stringify(old)} once; the generator has changed`);
    return text.replace(old, () => fresh);
  }, text);
}

/** What has not changed is not compiled again. */
async function writeIfOther(path, text) {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
