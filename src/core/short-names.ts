// Short names for files given by path: the file's name, and as many of its folders as tell it from the others.

/** One distinct name a path, with `/` between folders, free of the machine's own folders. A path given twice is numbered. */
export function shortNames(paths: readonly string[]): string[] {
  const separator = process.platform === 'win32' ? /[\\/]+/ : /\/+/
  const parts = paths.map((path) => path.split(separator).filter((part) => part !== '' && part !== '.'))
  const names: string[] = parts.map((own) => own.at(-1) ?? '.')
  for (let depth = 2, alike = repeated(names); alike.size > 0; depth++) {
    let grew = false
    for (const i of alike) {
      if (parts[i].length < depth) continue
      names[i] = parts[i].slice(-depth).join('/')
      grew = true
    }
    if (!grew) break
    alike = repeated(names)
  }
  return numbered(names)
}

/** Numbers of the names that stand more than once. */
function repeated(names: readonly string[]): Set<number> {
  const places = new Map<string, number[]>()
  names.forEach((name, i) => places.set(name, [...(places.get(name) ?? []), i]))
  return new Set([...places.values()].filter((indices) => indices.length > 1).flat())
}

function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
