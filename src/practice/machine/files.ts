/** A directory that several containers may see: path below it -> content. */
export type Volume = Map<string, string>;

/** An absolute path without `.`, `..` and doubled slashes. */
export function absolute(path: string, directory = '/'): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The file system of a container: text files, and volumes mounted in it. Nothing of it is on the machine's disk. */
export class Files {
  readonly #own: Volume = new Map();
  readonly #directories = new Set(['/', '/tmp', '/etc', '/bin', '/root', '/proc', '/dev', '/var']);
  readonly #mounts: [string, Volume][] = [];

  mount(path: string, volume: Volume): void {
    this.#mounts.unshift([absolute(path), volume]);
    this.#mounts.sort(([a], [b]) => b.length - a.length);
    this.#directories.add(absolute(path));
  }

  #place(path: string): [Volume, string] {
    const [at, volume] = this.#mounts.find(([mount]) => path === mount || path.startsWith(`${mount}/`)) ?? [];
    return volume && at ? [volume, path.slice(at.length) || '/'] : [this.#own, path];
  }

  read(path: string): string | undefined {
    const [volume, name] = this.#place(path);
    return volume.get(name);
  }

  /** False where there is no such directory. */
  write(path: string, content: string): boolean {
    if (!this.isDirectory(path.replace(/\/[^/]*$/, '') || '/')) return false;
    const [volume, name] = this.#place(path);
    volume.set(name, content);
    return true;
  }

  remove(path: string): boolean {
    const [volume, name] = this.#place(path);
    return volume.delete(name);
  }

  makeDirectory(path: string): void {
    this.#directories.add(path);
  }

  isDirectory(path: string): boolean {
    return this.#directories.has(path) || this.list(path).length > 0;
  }

  exists(path: string): boolean {
    return this.read(path) !== undefined || this.isDirectory(path);
  }

  /** Names in a directory. */
  list(path: string): string[] {
    const inside = path === '/' ? '/' : `${path}/`;
    const mounted = this.#mounts.flatMap(([at, volume]) => [...volume.keys()].map((name) => at + name));
    const all = [...this.#own.keys(), ...this.#directories, ...mounted];
    const names = all.flatMap((name) =>
      name.startsWith(inside) ? (name.slice(inside.length).split('/')[0] ?? '') : [],
    );
    return [...new Set(names)].filter((name) => name !== '').sort();
  }
}
