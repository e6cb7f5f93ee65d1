// JPEGs by size, quality, sampling and kind: from bytes in memory to the raster that hashes are made of, beside sharp.

import type { JpegOptions } from 'sharp'
import type { Raster } from '../../core/raster.js'
import { decodeImage, RASTER_SIDE } from '../../decode/index.js'
import { nativeKernels, portableKernels, type JpegReduction, type Kernels } from '../../kernels/index.js'
import type { Engine, Suite } from './measure.js'

interface Case {
  readonly kind: string
  readonly width: number
  readonly height: number
  readonly options: JpegOptions
  /** At which such a picture is read. */
  readonly reduction: JpegReduction
}

const CASES: readonly Case[] = [
  { kind: 'quality 75', width: 4000, height: 3000, options: { quality: 75 }, reduction: 8 },
  { kind: 'quality 85', width: 4000, height: 3000, options: { quality: 85 }, reduction: 8 },
  {
    ...{ kind: 'quality 92, 4:4:4', width: 4000, height: 3000, reduction: 8 },
    options: { quality: 92, chromaSubsampling: '4:4:4' }
  },
  { kind: 'progressive', width: 4000, height: 3000, options: { quality: 85, progressive: true }, reduction: 8 },
  { kind: 'quality 85', width: 2048, height: 1536, options: { quality: 85 }, reduction: 4 },
  { kind: 'quality 85', width: 1024, height: 768, options: { quality: 85 }, reduction: 4 },
  { kind: 'quality 85', width: 200, height: 150, options: { quality: 85 }, reduction: 1 }
]

/** Light of a sensor is never even: grain costs a coder what it costs in photographs. The same every time. */
function withGrain({ data, width, height, channels }: Raster): Raster {
  const grained = new Uint8Array(data.length)
  let state = 7
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    grained[i] = Math.min(255, Math.max(0, data[i] + (state >>> 28) - 7))
  }
  return { data: grained, width, height, channels }
}

/** One suite a kind. */
export async function* jpegSuites(scene: Raster): AsyncGenerator<Suite> {
  const { default: sharp } = await import('sharp')
  const { data, width, height, channels } = withGrain(scene)
  for (const one of CASES) {
    const image = sharp(data, { raw: { width, height, channels } }).resize(one.width, one.height, { fit: 'fill' })
    const bytes = await image.jpeg(one.options).toBuffer()
    const isLarge = one.width > RASTER_SIDE
    const alone = (): unknown =>
      (isLarge ? sharp(bytes).resize(RASTER_SIDE, RASTER_SIDE, { fit: 'fill' }) : sharp(bytes)).raw().toBuffer()
    yield {
      name: `JPEG to its raster: ${one.kind}`,
      input: `${one.width} × ${one.height}, ${(bytes.length / 1000).toFixed(0)} kB`,
      engines: [
        { name: 'sharp alone', run: alone },
        { name: 'exhibit-hash', run: () => decodeImage(bytes) },
        ...kernelEngines(bytes, one)
      ]
    }
  }
}

/** Luma alone. AVX-512 has code of its own; all others of the addon run the same, so that the plain one stands for them. */
function kernelEngines(bytes: Uint8Array, { width, height, reduction }: Case): Engine[] {
  const all: readonly (Kernels | null)[] = [nativeKernels('avx512'), nativeKernels('scalar'), portableKernels()]
  const out = new Uint8Array(Math.ceil(width / reduction) * Math.ceil(height / reduction))
  return all.flatMap((kernels) =>
    kernels === null ? [] : [{ name: `luma alone, ${kernels.isa}`, run: () => kernels.jpegLuma(bytes, reduction, out) }]
  )
}
