// TAR archives byte by byte, sound or with anything about them wrong.

const BLOCK = 512

export interface TarFile {
  readonly name: string | Uint8Array
  readonly bytes?: Uint8Array
  readonly type?: string
  /** In place of the true size. */
  readonly sizeBytes?: number
  readonly magic?: 'ustar' | 'gnu' | 'none'
  readonly prefix?: string
  readonly mtime?: number
  /** Changes the header before its checksum is made. */
  readonly change?: (header: Buffer) => void
}

export function tar(files: readonly TarFile[], endMark = true): Buffer {
  return Buffer.concat([...files.flatMap(blocksOf), ...(endMark ? [Buffer.alloc(2 * BLOCK)] : [])])
}

const MAGIC = { ustar: 'ustar\x0000', gnu: 'ustar  \0', none: '' }

function blocksOf(file: TarFile): Buffer[] {
  const bytes = file.bytes ?? Buffer.alloc(0)
  const header = Buffer.alloc(BLOCK)
  header.set(Buffer.from(file.name).subarray(0, 100))
  header.write('0000644\0', 100, 'latin1')
  header.write(octal(file.sizeBytes ?? bytes.length), 124, 'latin1')
  header.write(octal(file.mtime ?? 0), 136, 'latin1')
  header.write(file.type ?? '0', 156, 'latin1')
  header.write(MAGIC[file.magic ?? 'ustar'], 257, 'latin1')
  header.write(file.prefix ?? '', 345, 'latin1')
  file.change?.(header)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return [header, padded(bytes)]
}

export function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`
}

export function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (BLOCK - 1))])
}

/** Records of pax, values as bytes. */
export function pax(records: Readonly<Record<string, string | Uint8Array>>, type = 'x'): TarFile {
  const lines = Object.entries(records).map(([key, value]) => {
    const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
    let length = body.length
    while (String(length).length + body.length !== length) length = String(length).length + body.length
    return Buffer.concat([Buffer.from(String(length)), body])
  })
  return { name: 'PaxHeaders/x', type, bytes: Buffer.concat(lines) }
}

/** The name of GNU tar that is too long for a header. */
export function longName(name: string): TarFile {
  return { name: '././@LongLink', type: 'L', magic: 'gnu', bytes: Buffer.from(`${name}\0`) }
}
