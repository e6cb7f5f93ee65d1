// sharp (libvips), loaded at first use and with every loader switched off that is not wanted.

export type SharpModule = typeof import('sharp').default

/** Loaders that may run. */
export const ALLOWED_LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif']

/**
 * All other loaders of libvips 8, whether this build has them or not: programs written by a suspect (SVG, PDF),
 * formats without a signature, and whatever calls further libraries. A test compares the two lists with the library.
 * They are named one by one since blocking is for the whole process: to block all and then allow some would fail
 * the pictures that other threads decode at that moment.
 */
export const BLOCKED_LOADERS = [
  ...['Analyze', 'Csv', 'Dcraw', 'DcRaw', 'Fits', 'Jp2k', 'Jxl', 'Magick', 'Magick7', 'Mat', 'Matrix', 'Nifti'],
  ...['Openexr', 'OpenExr', 'Openslide', 'OpenSlide', 'Pdf', 'Pdfium', 'Ppm', 'Quicklook', 'Rad', 'Raw', 'Svg'],
  ...['Uhdr', 'Vips']
]

let loading: Promise<SharpModule> | null = null

/** Importing this package must not load sharp; decoding does. */
export function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    sharp.block({ operation: BLOCKED_LOADERS.map((name) => `VipsForeignLoad${name}`) })
    return sharp
  })
  return loading
}
