// What happens to pictures on their way from hand to hand, and which of it the hashes survive.

import type { Sharp, SharpOptions } from 'sharp'
import type { Raster } from '../../core/raster.js'
import { captionBar } from './caption.js'

/** What a scan should say of the edited picture against a set that holds the original. */
export type Expected = 'identical' | 'similar' | 'not found'

export interface Edit {
  /** Short, for file names. */
  readonly name: string
  /** For people, to follow "the picture, ". */
  readonly describe: string
  /** Of the edited file, without dot. */
  readonly extension: 'jpg' | 'png' | 'webp'
  readonly expected: Expected
  /** Bytes of the edited file from those of the original, which {@link encodeScene} made. */
  apply(original: Buffer): Promise<Buffer>
}

const QUALITY = 88

/** sharp is loaded on use: importing the command line must not load a decoder. */
async function open(input: Buffer | Uint8Array, options: SharpOptions = {}): Promise<Sharp> {
  const { default: sharp } = await import('sharp')
  return sharp(input, options)
}

/** A scene as the JPEG file that a camera would have made of it. */
export async function encodeScene({ data, width, height, channels }: Raster): Promise<Buffer> {
  const image = await open(data, { raw: { width, height, channels } })
  return image.jpeg({ quality: QUALITY }).toBuffer()
}

interface Size {
  readonly width: number
  readonly height: number
}

/** An edit that ends in a JPEG of usual quality. */
function redrawn(change: (image: Sharp, size: Size) => Sharp): Edit['apply'] {
  return async (original) => {
    const { width, height } = await (await open(original)).metadata()
    return change(await open(original), { width, height })
      .jpeg({ quality: QUALITY })
      .toBuffer()
  }
}

/** The picture without a border of `share` of its width and height, shared between opposite edges. */
function cropped(share: number): Edit['apply'] {
  return redrawn((image, { width, height }) => {
    const left = Math.round((width * share) / 2)
    const top = Math.round((height * share) / 2)
    return image.extract({ left, top, width: width - 2 * left, height: height - 2 * top })
  })
}

const reencoded: Readonly<Record<'lowQuality' | 'png' | 'webp', Edit['apply']>> = {
  lowQuality: async (original) => (await open(original)).jpeg({ quality: 30 }).toBuffer(),
  png: async (original) => (await open(original)).png().toBuffer(),
  webp: async (original) => (await open(original)).webp({ quality: 50 }).toBuffer()
}

/** What is expected holds for scenes of 800 × 600 pixels and more: at smaller sizes a crop is rounded to whole pixels. */
export const EDITS: readonly Edit[] = [
  {
    name: 'copy',
    describe: 'byte for byte',
    extension: 'jpg',
    expected: 'identical',
    apply: (original) => Promise.resolve(Buffer.from(original))
  },
  {
    name: 'jpeg-q30',
    describe: 'saved again as a JPEG of quality 30',
    extension: 'jpg',
    expected: 'similar',
    apply: reencoded.lowQuality
  },
  {
    name: 'png',
    describe: 'saved again as PNG, every pixel kept',
    extension: 'png',
    expected: 'similar',
    apply: reencoded.png
  },
  {
    name: 'webp',
    describe: 'saved again as WebP of quality 50',
    extension: 'webp',
    expected: 'similar',
    apply: reencoded.webp
  },
  {
    name: 'half-size',
    describe: 'at half its size',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image, { width }) => image.resize(Math.round(width / 2)))
  },
  {
    name: 'thumbnail',
    describe: 'as a thumbnail 160 pixels wide',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image) => image.resize(160))
  },
  {
    name: 'blurred',
    describe: 'blurred',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image, { width }) => image.blur(width / 400))
  },
  {
    name: 'brighter',
    describe: 'an eighth brighter',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image) => image.linear(1.12, 3))
  },
  {
    name: 'greyscale',
    describe: 'in shades of grey',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image) => image.greyscale())
  },
  {
    name: 'caption',
    describe: 'with a caption across its lower edge',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image, { width, height }) => {
      const { data, ...raw } = captionBar(width, height)
      return image.composite([{ input: data, raw, gravity: 'south' }])
    })
  },
  {
    name: 'small-crop',
    describe: 'cropped by 1.5 % of its width and height',
    extension: 'jpg',
    expected: 'similar',
    apply: cropped(0.015)
  },
  {
    name: 'mirrored',
    describe: 'left and right exchanged',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image) => image.flop())
  },
  {
    name: 'turned-90',
    describe: 'turned by 90 degrees',
    extension: 'jpg',
    expected: 'similar',
    apply: redrawn((image) => image.rotate(90))
  },
  {
    name: 'large-crop',
    describe: 'cropped by 15 % of its width and height',
    extension: 'jpg',
    expected: 'not found',
    apply: cropped(0.15)
  },
  {
    name: 'turned-5',
    describe: 'turned by 5 degrees',
    extension: 'jpg',
    expected: 'not found',
    apply: redrawn((image) => image.rotate(5, { background: '#000' }))
  }
]
