// One decoded picture to all hashes that were asked for.

import { PERCEPTUAL_KINDS, type PerceptualKind } from '../core/hashes.js'
import type { Raster } from '../core/raster.js'
import type { FileHashes } from '../core/result.js'
import type { DecodedImage } from '../decode/index.js'
import { ahash, blockhash, dhash, dhashVertical, pdq, pdqDihedral, phash, preview, whash } from '../perceptual/index.js'
import type { ExtractOptions, FileFeatures } from './features.js'

/** The family of imagehash and blockhash: defined on pictures whose alpha was dropped. */
const FAMILY: Readonly<Record<Exclude<PerceptualKind, 'pdq'>, (raster: Raster) => { readonly hex: string }>> = {
  phash,
  dhash,
  dhashVertical,
  ahash,
  whash,
  blockhash
}

/** True where colours are looked at: all other hashes begin with luma. */
export function needsColour({ hashes, preview, hashers }: ExtractOptions): boolean {
  return preview || hashes.includes('blockhash') || hashers.length > 0
}

type RasterFeatures = Pick<FileFeatures, 'hashes' | 'preview' | 'pdqVariants'>

export async function hashRaster(image: DecodedImage, options: ExtractOptions): Promise<RasterFeatures> {
  const hashes: { -readonly [K in keyof FileHashes]: FileHashes[K] } = {}
  let pdqVariants: Uint8Array | undefined
  for (const kind of PERCEPTUAL_KINDS) {
    if (!options.hashes.includes(kind)) continue
    if (kind === 'pdq') {
      const { hex, quality, variants } = hashPdq(image.raster, options.variants)
      hashes.pdq = hex
      hashes.pdqQuality = quality
      pdqVariants = variants
    } else {
      hashes[kind] = FAMILY[kind](familyRaster(image, kind)).hex
    }
  }
  return {
    hashes,
    ...(pdqVariants !== undefined && { pdqVariants }),
    ...(options.preview && { preview: await preview(image.colour ?? image.raster, image) })
  }
}

function familyRaster({ full, colour, alphaDropped, raster }: DecodedImage, kind: PerceptualKind): Raster {
  if (full !== null) return full.alphaDropped ?? full.raster
  // Blockhash adds red, green and blue, which is no luma.
  return kind === 'blockhash' ? (colour ?? alphaDropped ?? raster) : (alphaDropped ?? raster)
}

/** The one raster size at which the single hash is not the first of the eight: see pdqDihedral. */
const UNFILTERED_SIDE = 64

/** With the turned hashes where they are wanted, 8 × 32 bytes. */
export function hashPdq(
  raster: Raster,
  withVariants: boolean
): { hex: string; quality: number; variants?: Uint8Array } {
  if (!withVariants) return pdq(raster)
  const { variants, quality, packed } = pdqDihedral(raster)
  const unfiltered = raster.width === UNFILTERED_SIDE && raster.height === UNFILTERED_SIDE
  // One pass serves both, but for that size.
  return unfiltered ? { ...pdq(raster), variants: packed } : { hex: variants.original.hex, quality, variants: packed }
}
