// JPEG: luma from its coefficients where the file is an ordinary one, sharp for everything else and for colours.

import type { Raster } from '../core/raster.js'
import { JpegMarkers, kernels, resizeAxis, type JpegReduction } from '../kernels/index.js'
import { RASTER_SIDE, type DecodedImage, type DecodeOptions, type Decoder } from './decoder.js'
import { exifOrientation } from './exif.js'
import { isPlainColour } from './icc.js'
import { checkPixelLimit } from './limits.js'
import { FREQUENCY_SIDE, lowFrequencySpread } from './low-frequencies.js'
import { decodeBySharp } from './sharp-decoder.js'

/** Shorter side from which the means of blocks are enough: see native/jpeg/README.md for how the borders were measured. */
const EIGHTH_FROM = 1700
/** The same for four samples a block. */
const QUARTER_FROM = 750
/** In full, a picture of more pixels takes as long as with sharp. */
const MOST_FULL_PIXELS = 1 << 20
/**
 * A spread of low frequencies below which a hash is decided by how the picture was shrunk. Of the pictures measured, those
 * whose hashes were far from sharp's have 0.3 to 0.6, all others 6 and more.
 */
const LEAST_SPREAD = 2

export const jpegDecoder: Decoder = {
  name: 'jpeg',
  formats: ['jpeg'],

  async version() {
    return 'built in, else sharp'
  },

  async decode(bytes, format, options) {
    const luma = decodeLuma(bytes, format, options)
    if (luma === null || luma === 'even') return decodeBySharp(bytes, format, options, luma === 'even')
    if (options.colour !== true && options.exact !== true) return luma
    const { raster, alphaDropped, full } = await decodeBySharp(bytes, format, options)
    const exact = options.exact === true ? (full ?? { raster, alphaDropped }) : null
    return { ...luma, colour: raster, full: exact }
  }
}

/**
 * `null` where the file is none for this, 'even' where its hash hangs on how it is shrunk.
 * @throws {ExhibitHashError} PIXEL_LIMIT
 */
function decodeLuma(bytes: Uint8Array, format: string, options: DecodeOptions): DecodedImage | 'even' | null {
  const markers = JpegMarkers.start(bytes)
  if (markers?.next() !== 'scan' || markers.frame === null) return null
  const { width, height, isProgressive } = markers.frame
  checkPixelLimit(width, height, options)
  const orientation = exifOrientation(markers.applications)
  const reduction = reductionFor(width, height, isProgressive)
  if (reduction === null || orientation === null || !isPlainColour(markers.applications)) return null
  const raster = readRaster(bytes, width, height, reduction)
  if (raster === null || raster === 'even') return raster
  const facts = { format, width, height, orientation, frames: 1, partial: false }
  return { raster, alphaDropped: null, colour: null, full: null, ...facts }
}

function reductionFor(width: number, height: number, isProgressive: boolean): JpegReduction | null {
  const side = Math.min(width, height)
  if (side >= EIGHTH_FROM) return 8
  if (isProgressive) return null
  if (side >= QUARTER_FROM) return 4
  return width * height <= MOST_FULL_PIXELS ? 1 : null
}

function readRaster(
  bytes: Uint8Array,
  width: number,
  height: number,
  reduction: JpegReduction
): Raster | 'even' | null {
  const columns = Math.ceil(width / reduction)
  const rows = Math.ceil(height / reduction)
  const isResized = width > RASTER_SIDE || height > RASTER_SIDE
  const data = isResized ? coarse.of(columns * rows) : new Uint8Array(columns * rows)
  if (!kernels().jpegLuma(bytes, reduction, data)) return null
  if (!isResized) return { data, width, height, channels: 1 }
  // From where the picture ends, not from where its last block does.
  const extent = { width: width / reduction, height: height / reduction }
  const square = squareOf({ data, width: columns, height: rows }, extent)
  if (lowFrequencySpread(samplesOf(square)) < LEAST_SPREAD) return 'even'
  return { data: square, width: RASTER_SIDE, height: RASTER_SIDE, channels: 1 }
}

/**
 * Memory between two steps, kept from one picture to the next: nothing waits between them, and new memory for each costs
 * as much as the steps themselves.
 */
class Scratch {
  private bytes = new Uint8Array(0)

  /** Anything may be in it. */
  of(length: number): Uint8Array {
    if (length > MOST_KEPT_BYTES) return new Uint8Array(length)
    if (length > this.bytes.length) this.bytes = new Uint8Array(length)
    return this.bytes.subarray(0, length)
  }
}

/** What pictures of some hundred megapixels have at an eighth. */
const MOST_KEPT_BYTES = 2 ** 21

const coarse = new Scratch()
const narrowed = new Scratch()
const samples = [new Scratch(), new Scratch()]

/** Columns first: many weights of many rows are added side by side. */
function samplesOf(square: Uint8Array): Uint8Array {
  const axis = resizeAxis(RASTER_SIDE, FREQUENCY_SIDE)
  const flat = samples[0].of(RASTER_SIDE * FREQUENCY_SIDE)
  kernels().resizeColumns(square, RASTER_SIDE, RASTER_SIDE, axis, flat)
  const few = samples[1].of(FREQUENCY_SIDE * FREQUENCY_SIDE)
  kernels().resizeRows(flat, RASTER_SIDE, FREQUENCY_SIDE, axis, few)
  return few
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Resized to the raster's side both ways. */
function squareOf({ data, width, height }: Size & { readonly data: Uint8Array }, extent: Size): Uint8Array {
  const side = RASTER_SIDE
  const square = new Uint8Array(side * side)
  let narrow = data
  // Lines of the length that they are to have stay as they are, by Lanczos's weights too.
  if (extent.width !== side) {
    narrow = extent.height === side ? square : narrowed.of(side * height)
    kernels().resizeRows(data, width, height, resizeAxis(width, side, extent.width), narrow)
  }
  if (extent.height !== side) {
    kernels().resizeColumns(narrow, side, height, resizeAxis(height, side, extent.height), square)
  } else if (narrow === data) {
    square.set(data)
  }
  return square
}
