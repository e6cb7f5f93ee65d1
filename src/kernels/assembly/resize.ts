// Pillow's luma and resize: integer sums, the same as resize-portable.ts. The caller lays out the memory.

/** Samples, and weights of an output, that are read at once; weights are padded with zeros to as many. */
const STEP: usize = 16
const PRECISION_BITS: i32 = 32 - 8 - 2
const HALF: i32 = 1 << (PRECISION_BITS - 1)

class Samples {
  /** Four samples of sixteen as numbers of 32 bits. */
  @inline
  static first(samples: v128): v128 {
    return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(samples))
  }

  @inline
  static second(samples: v128): v128 {
    return i32x4.extend_high_i16x8_u(i16x8.extend_low_i8x16_u(samples))
  }

  @inline
  static third(samples: v128): v128 {
    return i32x4.extend_low_i16x8_u(i16x8.extend_high_i8x16_u(samples))
  }

  @inline
  static fourth(samples: v128): v128 {
    return i32x4.extend_high_i16x8_u(i16x8.extend_high_i8x16_u(samples))
  }

  /** Sixteen numbers as bytes; what is below 0 or above 255 is clipped. */
  @inline
  static narrow(a: v128, b: v128, c: v128, d: v128): v128 {
    return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d))
  }

  /** (19595 R + 38470 G + 7471 B + 2^15) / 2^16 of four pixels; 38470 is twice 19235, since weights have 16 bits. */
  @inline
  static luma(pixels: usize): v128 {
    const bytes = v128.load(pixels)
    const redGreen = i8x16.swizzle(bytes, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1))
    const greenBlue = i8x16.swizzle(bytes, i8x16(1, -1, 2, -1, 4, -1, 5, -1, 7, -1, 8, -1, 10, -1, 11, -1))
    const first = i32x4.dot_i16x8_s(redGreen, i16x8(19595, 19235, 19595, 19235, 19595, 19235, 19595, 19235))
    const second = i32x4.dot_i16x8_s(greenBlue, i16x8(19235, 7471, 19235, 7471, 19235, 7471, 19235, 7471))
    return i32x4.shr_u(i32x4.add(i32x4.add(first, second), i32x4.splat(0x8000)), 16)
  }
}

/** Reads up to 64 bytes past the pixels and writes up to 16 past the bytes. */
export function luma(rgb: usize, pixels: usize, out: usize): void {
  for (const end = out + pixels; out < end; out += STEP, rgb += 3 * STEP) {
    const a = Samples.luma(rgb)
    const b = Samples.luma(rgb + 12)
    const c = Samples.luma(rgb + 24)
    const d = Samples.luma(rgb + 36)
    v128.store(out, Samples.narrow(a, b, c, d))
  }
}

/** Each row of `width` bytes resized. Reads up to 16 bytes past the samples. */
export function resizeRows(
  samples: usize,
  width: usize,
  height: usize,
  bounds: usize,
  weights: usize,
  outputs: usize,
  outputWeights: usize,
  out: usize
): void {
  for (let i: usize = 0; i < outputs; i++, bounds += 8, weights += outputWeights * 4) {
    let from = samples + <usize>load<u32>(bounds)
    const count = <usize>load<u32>(bounds, 4)
    let to = out + i
    for (let y: usize = 0; y < height; y++, from += width, to += outputs) {
      store<u8>(to, clip(weightedSum(from, weights, count)))
    }
  }
}

function weightedSum(samples: usize, weights: usize, count: usize): i32 {
  let even = i32x4(HALF, 0, 0, 0)
  let odd = i32x4.splat(0)
  for (const end = samples + count; samples < end; samples += STEP, weights += STEP * 4) {
    const bytes = v128.load(samples)
    even = i32x4.add(even, i32x4.mul(Samples.first(bytes), v128.load(weights)))
    odd = i32x4.add(odd, i32x4.mul(Samples.second(bytes), v128.load(weights, 16)))
    even = i32x4.add(even, i32x4.mul(Samples.third(bytes), v128.load(weights, 32)))
    odd = i32x4.add(odd, i32x4.mul(Samples.fourth(bytes), v128.load(weights, 48)))
  }
  const sum = i32x4.add(even, odd)
  const half = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1))
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1)
}

function clip(sum: i32): i32 {
  return min(255, max(0, sum >> PRECISION_BITS))
}

/** Each column of samples resized. Reads, and writes, up to 16 bytes past the samples and the bytes. */
export function resizeColumns(
  samples: usize,
  width: usize,
  bounds: usize,
  weights: usize,
  outputs: usize,
  outputWeights: usize,
  out: usize
): void {
  for (let i: usize = 0; i < outputs; i++, bounds += 8, weights += outputWeights * 4, out += width) {
    const from = samples + <usize>load<u32>(bounds) * width
    const weightsEnd = weights + <usize>load<u32>(bounds, 4) * 4
    // What is written past the end of a row is written again with the next.
    for (let x: usize = 0; x < width; x += STEP) v128.store(out + x, columnSums(from + x, width, weights, weightsEnd))
  }
}

function columnSums(samples: usize, width: usize, weights: usize, weightsEnd: usize): v128 {
  let a = i32x4.splat(HALF)
  let b = a
  let c = a
  let d = a
  for (; weights < weightsEnd; weights += 4, samples += width) {
    const bytes = v128.load(samples)
    const weight = v128.load32_splat(weights)
    a = i32x4.add(a, i32x4.mul(Samples.first(bytes), weight))
    b = i32x4.add(b, i32x4.mul(Samples.second(bytes), weight))
    c = i32x4.add(c, i32x4.mul(Samples.third(bytes), weight))
    d = i32x4.add(d, i32x4.mul(Samples.fourth(bytes), weight))
  }
  const shift = PRECISION_BITS
  return Samples.narrow(i32x4.shr_s(a, shift), i32x4.shr_s(b, shift), i32x4.shr_s(c, shift), i32x4.shr_s(d, shift))
}
